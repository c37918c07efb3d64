//! The application form: one per organization, every version of it kept.

use chrono::TimeDelta;
use diesel::{define_sql_function, prelude::*, sql_types};
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    application_forms::{ApplicationForm, ApplicationFormUpdate, FormContent, PublicForm},
    events::NewEvent,
    ids::OrganizationId,
    patch,
    schema::{application_form_versions as versions, application_forms},
    timestamp::Timestamp,
};
use serde_json::{Map, Value, json};

use crate::{
    kernel::{
        db::{Store, Tx},
        sql::clock_timestamp,
    },
    resources::organizations,
};

define_sql_function! {
    fn organization_of_form_token(token: sql_types::Text) -> sql_types::Nullable<sql_types::Uuid>;
}
define_sql_function! { fn new_form_token() -> sql_types::Text; }

/// How long a replaced version is still accepted, because applicants may take a day to fill it in.
const OLD_VERSION_GRACE: TimeDelta = TimeDelta::hours(24);

/// The organization of a public link.
pub async fn organization_of_token(store: &Store, token: &str) -> Result<Option<OrganizationId>> {
    let mut conn = store.connection().await?;
    Ok(diesel::select(organization_of_form_token(token)).get_result(&mut conn).await?)
}

/// The form as it is.
pub async fn get(tx: &Tx<'_>) -> Result<ApplicationForm> {
    let current = application_forms::table.select(application_forms::version);
    Ok(ApplicationForm::query()
        .filter(versions::version.eq_any(current))
        .first(&mut tx.conn())
        .await?)
}

/// One version of it.
///
/// # Errors
/// `not_found`.
pub async fn get_version(tx: &Tx<'_>, version: i64) -> Result<ApplicationForm> {
    Ok(ApplicationForm::query().filter(versions::version.eq(version)).first(&mut tx.conn()).await?)
}

/// The form of a public link.
///
/// # Errors
/// `not_found`, also if it is closed or has another link now.
pub async fn get_open(tx: &Tx<'_>, token: &str) -> Result<ApplicationForm> {
    let form = get(tx).await?;
    if form.is_open && form.public_token == token { Ok(form) } else { Err(Error::not_found()) }
}

/// The form of a public link as it is shown to applicants.
///
/// # Errors
/// As for [`get_open`].
pub async fn get_public(tx: &Tx<'_>, token: &str) -> Result<PublicForm> {
    let form = get_open(tx, token).await?;
    let organization = organizations::get(tx).await?;
    Ok(form.public(organization.name, organization.logo_url))
}

/// The version that a submission may still be made on: the current one, or one that was current
/// within the last day.
pub(crate) async fn find_accepted(
    tx: &Tx<'_>,
    current: &ApplicationForm,
    version: i64,
) -> Result<Option<ApplicationForm>> {
    if version == current.version {
        return Ok(Some(current.clone()));
    }
    let recent = versions::replaced_at.gt(Timestamp(Timestamp::now().0 - OLD_VERSION_GRACE));
    let query = ApplicationForm::query().filter(versions::version.eq(version)).filter(recent);
    Ok(query.first(&mut tx.conn()).await.optional()?)
}

/// Replaces the form. Saving what is there already changes nothing.
///
/// # Errors
/// `version_mismatch`; `not_found_reference` for ids of questions and agreements that are not
/// there; `form_needs_name_question`. What needs no data was checked by
/// [`ApplicationFormUpdate::faults`].
pub async fn replace(
    tx: &Tx<'_>,
    expected: Option<patch::ExpectedVersions>,
    update: &ApplicationFormUpdate,
) -> Result<ApplicationForm> {
    let before = lock(tx).await?;
    patch::expect_version(expected, before.version)?;
    let content = update.applied_to(&before)?;
    let held = FormContent::from(&before);
    if content == held {
        return Ok(before);
    }
    let changes = patch::changes(&held, &content)?;
    diesel::update(application_forms::table)
        .set(application_forms::version.eq(before.version + 1))
        .execute(&mut tx.conn())
        .await?;
    add_version(tx, &before, &content, &before.public_token, changes).await
}

/// Gives the form a new public link; the old one no longer works.
pub async fn rotate_token(tx: &Tx<'_>) -> Result<ApplicationForm> {
    let before = lock(tx).await?;
    let token: String = diesel::select(new_form_token()).get_result(&mut tx.conn()).await?;
    diesel::update(application_forms::table)
        .set((
            application_forms::version.eq(before.version + 1),
            application_forms::public_token.eq(&token),
        ))
        .execute(&mut tx.conn())
        .await?;
    // The link is only shown to those who may read the form.
    let changes = Map::from_iter([(
        "public_token".to_owned(),
        json!({"from": null, "to": null, "truncated": true}),
    )]);
    add_version(tx, &before, &FormContent::from(&before), &token, changes).await
}

/// Locks the form.
async fn lock(tx: &Tx<'_>) -> Result<ApplicationForm> {
    // The one row of `application_forms` serializes writers; rows of versions are only added.
    let version: i64 = application_forms::table
        .select(application_forms::version)
        .for_update()
        .first(&mut tx.conn())
        .await?;
    get_version(tx, version).await
}

async fn add_version(
    tx: &Tx<'_>,
    before: &ApplicationForm,
    content: &FormContent,
    token: &str,
    changes: Map<String, Value>,
) -> Result<ApplicationForm> {
    diesel::update(versions::table.filter(versions::version.eq(before.version)))
        .set(versions::replaced_at.eq(clock_timestamp().nullable()))
        .execute(&mut tx.conn())
        .await?;
    let row = (
        versions::version.eq(before.version + 1),
        versions::title.eq(&content.title),
        versions::intro.eq(&content.intro),
        versions::is_open.eq(content.is_open),
        versions::public_token.eq(token),
        versions::questions.eq(serde_json::to_value(&content.questions).map_err(Error::internal)?),
        versions::agreements
            .eq(serde_json::to_value(&content.agreements).map_err(Error::internal)?),
    );
    diesel::insert_into(versions::table).values(row).execute(&mut tx.conn()).await?;
    let after = get_version(tx, before.version + 1).await?;
    let organization = tx.scope().organization;
    tx.record(NewEvent::new(
        "application_form.updated",
        organization,
        after.version,
        json!({"changes": changes}),
    ));
    Ok(after)
}
