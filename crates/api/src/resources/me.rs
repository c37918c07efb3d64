//! Who is asking.

use actix_web::{get, patch};
use domain::me::{Me, MeUpdate};
use persistence::me;

use crate::kernel::{
    answer::Answer,
    auth::Credential,
    call::{Call, Json},
    problem::Result,
};

/// Get the current user or API key
///
/// Returns the user or API key, the organization, the role and the scopes of the credential.
#[utoipa::path(tag = "auth", security(("any" = [])), responses((status = 200, body = Me)))]
#[get("/me")]
pub async fn get_me(call: Call) -> Result<Answer> {
    let me = call.read(async |tx| match call.caller.credential {
        Credential::User { member, .. } => me::of_member(tx, member).await,
        Credential::Key { key } => me::of_key(tx, key).await,
    });
    Ok(Answer::ok(&me.await?))
}

/// Update your user profile
///
/// Changes name, language and whether you receive mails.
#[utoipa::path(tag = "auth", request_body = MeUpdate, security(("user" = [])), responses((status = 200, body = Me)))]
#[patch("/me")]
pub async fn update_me(call: Call, body: Json<MeUpdate>) -> Result<Answer> {
    let (member, _) = call.user()?;
    let me = call.write(async |tx| me::update(tx, member, &body).await).await?;
    Ok(Answer::ok(&me))
}
