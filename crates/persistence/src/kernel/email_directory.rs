//! Which organization an e-mail address belongs to, over all organizations, and whether its owner
//! has proved it.

use diesel::{define_sql_function, sql_types};
use diesel_async::RunQueryDsl;
use domain::{Result, ids::OrganizationId};

use crate::kernel::db::{Store, Tx};

define_sql_function! {
    fn organization_of_email(email: sql_types::Text) -> sql_types::Nullable<sql_types::Uuid>;
}

mod directory {
    use diesel::{define_sql_function, sql_types};
    define_sql_function! {
        fn take_email(email: sql_types::Text, is_proved: sql_types::Bool) -> sql_types::Bool;
    }
    define_sql_function! {
        fn organization_of_proved_email(
            email: sql_types::Text,
        ) -> sql_types::Nullable<sql_types::Uuid>;
    }
    // They answer nothing, and nothing is what is read of them.
    define_sql_function! { fn prove_email(email: sql_types::Text) -> sql_types::Text; }
    define_sql_function! { fn doubt_email(email: sql_types::Text) -> sql_types::Text; }
    define_sql_function! { fn release_email(email: sql_types::Text) -> sql_types::Text; }
}

/// The organization whose user has this e-mail address.
pub async fn organization_of(store: &Store, email: &str) -> Result<Option<OrganizationId>> {
    let mut conn = store.connection().await?;
    Ok(diesel::select(organization_of_email(email)).get_result(&mut conn).await?)
}

/// The organization whose user has this e-mail address and has proved it.
pub async fn organization_of_proved(store: &Store, email: &str) -> Result<Option<OrganizationId>> {
    let mut conn = store.connection().await?;
    let organization = directory::organization_of_proved_email(email);
    Ok(diesel::select(organization).get_result(&mut conn).await?)
}

/// Whether somebody who takes an e-mail address has shown that its mails reach them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmailProof {
    /// By the link of a mail, or because the deployment asks for no proof.
    Given,
    /// Not yet: whoever proves the address takes it away.
    Missing,
}

/// Takes the e-mail address for this organization; false when another user has it.
pub(crate) async fn take_email(tx: &Tx<'_>, email: &str, proof: EmailProof) -> Result<bool> {
    let take = directory::take_email(email, proof == EmailProof::Given);
    Ok(diesel::select(take).get_result(&mut tx.conn()).await?)
}

/// A member has used a link that was mailed to the address.
pub(crate) async fn prove_email(tx: &Tx<'_>, email: &str) -> Result<()> {
    diesel::select(directory::prove_email(email)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// The address of a member counts as not proved from now on: whoever proves it gets it.
pub async fn doubt_email(tx: &Tx<'_>, email: &str) -> Result<()> {
    diesel::select(directory::doubt_email(email)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Gives the address up: it is free for whoever takes it next.
pub(crate) async fn release_email(tx: &Tx<'_>, email: &str) -> Result<()> {
    diesel::select(directory::release_email(email)).execute(&mut tx.conn()).await?;
    Ok(())
}
