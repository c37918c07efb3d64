//! The organization: created once, rarely changed, read by almost all operations.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::Role,
    events::NewEvent,
    ids::{MemberId, TierId, UserId},
    members::{Member, MemberStatus},
    organizations::{Organization, OrganizationUpdate},
    patch,
    schema::{deals, event_counters, members, organizations, partners, tiers},
    sessions::Registration,
};
use serde_json::json;

use crate::kernel::{
    db::Tx,
    email_directory::{self, EmailProof},
    sql::clock_timestamp,
};

/// The tiers of a new organization: key, name and rank; the first is the default.
const FIRST_TIERS: [(&str, &str, i32); 5] = [
    ("registered", "Registered", 1),
    ("bronze", "Bronze", 2),
    ("silver", "Silver", 3),
    ("gold", "Gold", 4),
    ("platinum", "Platinum", 5),
];

/// Creates an organization with its first owner, in the transaction of the new organization
/// (`Scope::newcomer`). `password_hash` is the hashed password.
///
/// # Errors
/// `email_taken`.
pub async fn register(
    tx: &Tx<'_>,
    registration: &Registration,
    user: UserId,
    password_hash: &str,
) -> Result<Member> {
    let conn = tx.conn();
    // First, so that the second of two registrations of one address waits here before it has
    // written anything.
    if !email_directory::take_email(tx, &registration.email, EmailProof::Given).await? {
        return Err(Error::taken(Code::EmailTaken, "#/email"));
    }
    diesel::insert_into(organizations::table)
        .values((
            organizations::name.eq(&registration.organization_name),
            organizations::currency.eq(&registration.currency),
        ))
        .execute(&mut { conn })
        .await?;
    diesel::insert_into(event_counters::table).default_values().execute(&mut { conn }).await?;
    let first = |(key, name, rank): (&'static str, &'static str, i32)| {
        (
            tiers::id.eq(TierId::new()),
            tiers::key.eq(key),
            tiers::name.eq(name),
            tiers::rank.eq(rank),
            tiers::is_default.eq(rank == 1),
        )
    };
    diesel::insert_into(tiers::table)
        .values(FIRST_TIERS.map(first).to_vec())
        .execute(&mut { conn })
        .await?;
    let owner = (
        members::id.eq(MemberId::new()),
        members::user_id.eq(user),
        members::name.eq(&registration.name),
        members::email.eq(&registration.email),
        members::role.eq(Role::Owner),
        members::status.eq(MemberStatus::Active),
        members::password_hash.eq(password_hash),
    );
    let owner: Member = diesel::insert_into(members::table)
        .values(owner)
        .returning(Member::as_returning())
        .get_result(&mut { conn })
        .await?;
    tx.record(NewEvent::new("member.joined", owner.id, owner.version, json!({"role": owner.role})));
    Ok(owner)
}

/// The organization of the transaction.
pub async fn get(tx: &Tx<'_>) -> Result<Organization> {
    Ok(Organization::query().first(&mut tx.conn()).await?)
}

/// The settings that affect days: the time zone and the days of protection of a deal.
pub(crate) async fn calendar(tx: &Tx<'_>) -> Result<(String, i32)> {
    let of = (organizations::timezone, organizations::deal_protection_days);
    Ok(organizations::table.select(of).first(&mut tx.conn()).await?)
}

/// Changes its settings.
///
/// # Errors
/// `version_mismatch`, `currency_in_use`.
pub async fn update(
    tx: &Tx<'_>,
    update: &OrganizationUpdate,
    expected: Option<patch::ExpectedVersions>,
) -> Result<Organization> {
    let before: Organization = Organization::query().for_update().first(&mut tx.conn()).await?;
    patch::expect_version(expected, before.version)?;
    let changes = patch::changes(&before, update)?;
    if changes.is_empty() {
        return Ok(before);
    }
    if changes.contains_key("currency") && has_amounts(tx).await? {
        return Err(Error::taken(Code::CurrencyInUse, "#/currency"));
    }
    diesel::update(organizations::table)
        .set((
            update,
            organizations::version.eq(organizations::version + 1),
            organizations::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    let after = get(tx).await?;
    tx.record(NewEvent::new(
        "organization.updated",
        after.id,
        after.version,
        json!({"changes": changes}),
    ));
    Ok(after)
}

/// Whether an amount exists anywhere, including deleted partners and deals, which can be restored.
async fn has_amounts(tx: &Tx<'_>) -> Result<bool> {
    let given =
        partners::company_revenue.is_not_null().or(partners::annual_revenue_target.is_not_null());
    let computed =
        partners::pipeline.ne(0).or(partners::revenue.ne(0)).or(partners::product_revenue.ne(0));
    let of_partners = diesel::dsl::exists(partners::table.filter(given.or(computed)));
    let of_deals = diesel::dsl::exists(deals::table.filter(deals::value.ne(0)));
    Ok(diesel::select(of_partners.or(of_deals)).get_result(&mut tx.conn()).await?)
}
