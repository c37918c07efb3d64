//! The organization of an e-mail address, across all organizations, and whether its owner has
//! confirmed it.

use diesel::{define_sql_function, sql_types};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    ids::OrganizationId,
    jobs::{Lane, NewTask},
};
use serde::{Deserialize, Serialize};

use crate::kernel::{
    db::{Store, Tx},
    tasks,
};

define_sql_function! {
    fn organization_of_email(email: sql_types::Text) -> sql_types::Nullable<sql_types::Uuid>;
}

mod directory {
    use diesel::{define_sql_function, sql_types};
    define_sql_function! {
        fn take_email_from(
            email: sql_types::Text,
            is_proved: sql_types::Bool,
        ) -> sql_types::Nullable<sql_types::Uuid>;
    }
    define_sql_function! {
        fn organization_of_proved_email(
            email: sql_types::Text,
        ) -> sql_types::Nullable<sql_types::Uuid>;
    }
    // They return nothing, so the result is ignored.
    define_sql_function! { fn prove_email(email: sql_types::Text) -> sql_types::Text; }
    define_sql_function! { fn doubt_email(email: sql_types::Text) -> sql_types::Text; }
    define_sql_function! { fn release_email(email: sql_types::Text) -> sql_types::Text; }
}

/// The organization whose user has this e-mail address.
pub async fn organization_of(store: &Store, email: &str) -> Result<Option<OrganizationId>> {
    let mut conn = store.connection().await?;
    Ok(diesel::select(organization_of_email(email)).get_result(&mut conn).await?)
}

/// The organization with a user that has confirmed this e-mail address.
pub async fn organization_of_proved(store: &Store, email: &str) -> Result<Option<OrganizationId>> {
    let mut conn = store.connection().await?;
    let organization = directory::organization_of_proved_email(email);
    Ok(diesel::select(organization).get_result(&mut conn).await?)
}

/// Whether the owner of an e-mail address has confirmed that its mails arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmailProof {
    /// By the link of a mail, or because the deployment requires no confirmation.
    Given,
    /// Not yet: a person who confirms the address takes it over.
    Missing,
}

/// The task that suspends a member whose address another organization has taken. Its payload:
/// [`DisplacedAddress`].
pub const DISPLACED_TASK: &str = "displaced_member";
/// The most attempts at such a suspension.
const ATTEMPTS: i32 = 12;

/// An address that an organization has lost to a person who has confirmed it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DisplacedAddress {
    /// The organization that has lost it.
    pub organization_id: OrganizationId,
    pub email: String,
}

/// Takes the e-mail address for this organization; false if another user has it. A user that had it
/// without confirmation loses access to the other organization, which this transaction may not
/// write: a task of this one does it, committed together with the change.
pub(crate) async fn take_email(tx: &Tx<'_>, email: &str, proof: EmailProof) -> Result<bool> {
    let take = directory::take_email_from(email, proof == EmailProof::Given);
    let before: Option<OrganizationId> = diesel::select(take).get_result(&mut tx.conn()).await?;
    let Some(organization_id) = before else { return Ok(false) };
    if organization_id != tx.scope().organization {
        let displaced = DisplacedAddress { organization_id, email: email.to_owned() };
        let payload = serde_json::to_value(displaced).map_err(Error::internal)?;
        let task = NewTask::new(DISPLACED_TASK, payload).attempts(ATTEMPTS).lane(Lane::People);
        tasks::enqueue(tx, &task).await?;
    }
    Ok(true)
}

/// Whether the account with this e-mail address belongs to this organization.
pub(crate) async fn has_email(tx: &Tx<'_>, email: &str) -> Result<bool> {
    let account = account_of_email(tx, email).await?;
    Ok(account == Some(tx.scope().organization))
}

/// The organization whose user has this e-mail address, as a transaction sees it.
pub(crate) async fn account_of_email(tx: &Tx<'_>, email: &str) -> Result<Option<OrganizationId>> {
    Ok(diesel::select(organization_of_email(email)).get_result(&mut tx.conn()).await?)
}

/// Records that a member has used a link that was mailed to the address.
pub(crate) async fn prove_email(tx: &Tx<'_>, email: &str) -> Result<()> {
    diesel::select(directory::prove_email(email)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Marks the address of a member as unconfirmed: a person who confirms it takes it over.
pub async fn doubt_email(tx: &Tx<'_>, email: &str) -> Result<()> {
    diesel::select(directory::doubt_email(email)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Releases the address, so that it can be used for another account.
pub(crate) async fn release_email(tx: &Tx<'_>, email: &str) -> Result<()> {
    diesel::select(directory::release_email(email)).execute(&mut tx.conn()).await?;
    Ok(())
}
