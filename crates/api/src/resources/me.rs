//! The current user or API key.

use domain::me::{Me, MeUpdate};
use operation_macros::operation;
use persistence::me;

use crate::kernel::{
    answer::Answer,
    auth::Credential,
    problem::Result,
    request_context::{Json, RequestContext},
};

/// Get the current user or API key
///
/// Returns the user or API key, the organization, the role and the scopes of the credential.
#[operation(get("/me"), tag(Auth), role(Viewer), any_api_key, ok(Me))]
pub async fn get_me(context: RequestContext) -> Result<Answer> {
    let me = context.read(async |tx| match context.caller.credential {
        Credential::User { member, .. } => me::of_member(tx, member).await,
        Credential::Key { key } => me::of_key(tx, key).await,
    });
    Ok(Answer::ok(&me.await?))
}

/// Update your user profile
///
/// Changes name, language and whether you receive mails.
#[operation(patch("/me"), tag(Auth), role(Viewer), no_api_key, ok(Me))]
pub async fn update_me(context: RequestContext, body: Json<MeUpdate>) -> Result<Answer> {
    let (member, _) = context.user()?;
    let me = context.write(async |tx| me::update(tx, member, &body).await).await?;
    Ok(Answer::ok(&me))
}
