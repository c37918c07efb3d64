//! Members whose e-mail address another person has confirmed: they joined with a link that confirms
//! nothing, and the address now belongs to an account of another organization. They are suspended,
//! and the admins of their organization are notified.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    access::{Role, Scope},
    ids::MemberId,
    members::{Member, MemberStatus, MemberUpdate},
    schema::members,
};

use crate::{
    kernel::{
        account_mails::{self, AccountMail},
        db::Tx,
        email_directory::{self, DisplacedAddress},
        worker::{Outcome, Run},
    },
    resources::members as people,
};

/// The most admins and owners who get a mail about one suspension.
const MAX_NOTIFIED: i64 = 50;

/// Runs a task of [`email_directory::take_email`]. A repeated attempt has no effect.
///
/// # Errors
/// Errors after which the task should be tried again.
pub async fn suspend(run: &Run) -> Result<Outcome> {
    let payload: DisplacedAddress =
        serde_json::from_value(run.task.payload.clone()).map_err(Error::internal)?;
    let other = Scope::system(payload.organization_id, "accounts", run.scope().request_id);
    run.store.write(&other, async |tx| suspend_member(tx, &payload.email).await).await?;
    Ok(Outcome::Done)
}

async fn suspend_member(tx: &Tx<'_>, email: &str) -> Result<()> {
    let active = members::email
        .eq(email)
        .and(members::user_id.is_not_null())
        .and(members::status.eq(MemberStatus::Active));
    let found: Option<Member> =
        Member::query().filter(active).for_update().first(&mut tx.conn()).await.optional()?;
    let Some(member) = found else { return Ok(()) };
    if email_directory::has_email(tx, email).await? {
        return Ok(());
    }
    let suspension = MemberUpdate { role: None, status: Some(MemberStatus::Suspended) };
    people::write(tx, &member, &suspension, Some("email_proved_elsewhere")).await?;
    let admins: Vec<MemberId> = members::table
        .filter(members::status.eq(MemberStatus::Active))
        .filter(members::role.eq_any([Role::Admin, Role::Owner]))
        .order(members::id)
        .limit(MAX_NOTIFIED)
        .select(members::id)
        .load(&mut tx.conn())
        .await?;
    for admin in admins {
        let (name, email) = (member.name.clone(), member.email.clone());
        account_mails::enqueue(tx, admin, AccountMail::MemberDisplaced { name, email }).await?;
    }
    Ok(())
}
