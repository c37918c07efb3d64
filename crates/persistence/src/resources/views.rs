//! Saved views: access, each member's defaults, and how a view is applied to a list. Private views
//! of other members are not found.

use std::{borrow::Cow, collections::HashSet};

use chrono::Utc;
use diesel::{pg::Pg, prelude::*, sql_types, upsert::on_constraint};
use diesel_async::RunQueryDsl;
use domain::{
    Error, FieldError, Place, Result,
    events::NewEvent,
    fields::{self, FieldReference},
    filter::{Node, Value as FilterValue},
    ids::{MemberId, ViewId},
    lists::{ListRequest, Narrowing},
    page::Page,
    patch,
    schema::{view_defaults, views},
    timestamp::Timestamp,
    views::{
        ExistingReferences, ReferenceKey, SavedView, SavedViewCreate, SavedViewPage,
        SavedViewUpdate, StoredView, VIEW, VIEW_OWNER, ViewObject, ViewVisibility, named,
        narrowing, unknown_view,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kernel::{
    db::Tx,
    listing::{self, Source},
    sql::clock_timestamp,
    statement::{Bind, Statement},
};

/// How views are listed.
const SOURCE: Source = Source::of("views");

type Condition = Box<dyn BoxableExpression<views::table, Pg, SqlType = sql_types::Bool>>;

/// The views that the caller may see: own and shared ones.
fn visible(tx: &Tx<'_>) -> Condition {
    let shared = views::visibility.eq(ViewVisibility::Organization);
    match tx.scope().holder() {
        Some(holder) => Box::new(shared.or(views::owner_id.eq(holder))),
        None => Box::new(shared),
    }
}

/// The same as a condition of a list.
fn visible_in_list(tx: &Tx<'_>) -> Node {
    let text = |text: &str| FilterValue::Text(text.to_owned());
    let visibility = fields::named(VIEW, "visibility").expect("views have it");
    let shared = Node::equals(visibility, text(ViewVisibility::Organization.as_str()));
    match tx.scope().holder() {
        Some(holder) => Node::Or(vec![shared, Node::equals(&VIEW_OWNER, text(&holder))]),
        None => shared,
    }
}

/// One page of own and shared views.
pub async fn list(tx: &Tx<'_>, request: &ListRequest) -> Result<SavedViewPage> {
    let request = request.within([visible_in_list(tx)]);
    let page = listing::page::<StoredView>(tx, &request, SOURCE).await?;
    let data = complete(tx, page.data).await?;
    Ok(Page { data, next_cursor: page.next_cursor, total_count: page.total_count })
}

/// One view.
///
/// # Errors
/// `not_found`, also for a private view of another member.
pub async fn get(tx: &Tx<'_>, id: ViewId) -> Result<SavedView> {
    completed(tx, stored(tx, id).await?).await
}

async fn stored(tx: &Tx<'_>, id: ViewId) -> Result<StoredView> {
    Ok(StoredView::query()
        .filter(views::id.eq(id))
        .filter(visible(tx))
        .first(&mut tx.conn())
        .await?)
}

/// A new view of the caller.
///
/// # Errors
/// 422 `invalid_filter`, `validation_failed`; `insufficient_role` for a viewer who shares a view;
/// `view_name_taken`.
pub async fn insert(tx: &Tx<'_>, create: &SavedViewCreate) -> Result<SavedView> {
    let scope = tx.scope();
    let now = Timestamp::now();
    let usual =
        if scope.member.is_some() { ViewVisibility::Private } else { ViewVisibility::Organization };
    let view = StoredView {
        id: ViewId::new(),
        version: 1,
        created_at: now,
        updated_at: now,
        name: create.name.clone(),
        object: create.object,
        filter: create.filter.clone().map(|filter| filter.0).filter(|filter| !filter.is_null()),
        q: create.q.clone(),
        sort: create.sort.clone(),
        columns: create.columns.clone(),
        visibility: create.visibility.unwrap_or(usual),
        owner_id: scope.holder().ok_or_else(|| Error::internal("the system cannot own views"))?,
    };
    view.may_be_kept(scope)?;
    view.check(now.0)?;
    let row = (
        views::id.eq(view.id),
        views::name.eq(&view.name),
        views::object.eq(view.object),
        views::filter.eq(&view.filter),
        views::q_.eq(&view.q),
        views::sort.eq(&view.sort),
        views::columns_.eq(&view.columns),
        views::visibility.eq(view.visibility),
        views::owner_id.eq(&view.owner_id),
    );
    diesel::insert_into(views::table).values(row).execute(&mut tx.conn()).await?;
    record(tx, "view.created", &view, json!({}));
    get(tx, view.id).await
}

/// Updates a view. If it becomes private, it is no longer the default of other members.
///
/// # Errors
/// `not_found`, `not_view_owner`, `version_mismatch`; as for [`insert`].
pub async fn update(
    tx: &Tx<'_>,
    id: ViewId,
    expected: Option<patch::ExpectedVersions>,
    update: &SavedViewUpdate,
) -> Result<SavedView> {
    let before = lock(tx, id).await?;
    before.may_be_changed(tx.scope())?;
    patch::expect_version(expected, before.version)?;
    let changes = patch::changes(&before, update)?;
    if changes.is_empty() {
        return completed(tx, before).await;
    }
    let mut after = update.applied(&before);
    after.may_be_kept(tx.scope())?;
    after.check(Utc::now())?;
    after.version += 1;
    diesel::update(views::table.find(id))
        .set((
            views::name.eq(&after.name),
            views::object.eq(after.object),
            views::filter.eq(&after.filter),
            views::q_.eq(&after.q),
            views::sort.eq(&after.sort),
            views::columns_.eq(&after.columns),
            views::visibility.eq(after.visibility),
            views::version.eq(after.version),
            views::updated_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    let defaults = view_defaults::table.filter(view_defaults::view_id.eq(id));
    // A default belongs to the lists of one kind of records, which this view no longer shows.
    if after.object != before.object {
        diesel::delete(defaults).execute(&mut tx.conn()).await?;
    // It became private: other members no longer see it, so it cannot be their default.
    } else if let Some(owner) = after.visible_to() {
        diesel::delete(defaults.filter(view_defaults::member_id.ne(owner)))
            .execute(&mut tx.conn())
            .await?;
    }
    record(tx, "view.updated", &after, json!(changes));
    get(tx, id).await
}

/// Deletes a view, also as the default of members.
///
/// # Errors
/// `not_found`, `not_view_owner`, `version_mismatch`.
pub async fn delete(
    tx: &Tx<'_>,
    id: ViewId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<()> {
    let view = lock(tx, id).await?;
    view.may_be_changed(tx.scope())?;
    patch::expect_version(expected, view.version)?;
    diesel::delete(views::table.find(id)).execute(&mut tx.conn()).await?;
    record(tx, "view.deleted", &view, json!({}));
    Ok(())
}

/// Makes a view the caller's default for its kind of records, instead of another one.
///
/// # Errors
/// `not_found`.
pub async fn set_default(tx: &Tx<'_>, id: ViewId, member: MemberId) -> Result<SavedView> {
    let view = lock(tx, id).await?;
    let row = (
        view_defaults::member_id.eq(member),
        view_defaults::object.eq(view.object),
        view_defaults::view_id.eq(id),
    );
    diesel::insert_into(view_defaults::table)
        .values(row)
        // By name, because the key begins with `organization_id`, which the tables of Diesel do not
        // have.
        .on_conflict(on_constraint("view_defaults_pkey"))
        .do_update()
        .set(view_defaults::view_id.eq(id))
        .execute(&mut tx.conn())
        .await?;
    completed(tx, view).await
}

/// Unsets a view as the caller's default, if it is.
///
/// # Errors
/// `not_found`, `version_mismatch`.
pub async fn unset_default(
    tx: &Tx<'_>,
    id: ViewId,
    member: MemberId,
    expected: Option<patch::ExpectedVersions>,
) -> Result<SavedView> {
    let view = lock(tx, id).await?;
    patch::expect_version(expected, view.version)?;
    let own = view_defaults::table
        .filter(view_defaults::view_id.eq(id))
        .filter(view_defaults::member_id.eq(member));
    diesel::delete(own).execute(&mut tx.conn()).await?;
    completed(tx, view).await
}

/// Deletes the private views of a removed member, because no other member could see them.
pub(crate) async fn forget(tx: &Tx<'_>, member: MemberId) -> Result<()> {
    let own =
        views::owner_id.eq(member.to_string()).and(views::visibility.eq(ViewVisibility::Private));
    diesel::delete(views::table.filter(own)).execute(&mut tx.conn()).await?;
    Ok(())
}

/// Applies the view of a request. Every list must call it first: a request whose view was not
/// applied finds nothing.
///
/// # Errors
/// 422 `not_found_reference` for a view that does not exist, is not visible to the caller, or is
/// for other records; `invalid_cursor`.
pub(crate) async fn applied<'r>(
    tx: &Tx<'_>,
    request: &'r ListRequest,
    object: ViewObject,
) -> Result<Cow<'r, ListRequest>> {
    let Some(asked) = &request.view else { return Ok(Cow::Borrowed(request)) };
    let view = selection(tx, asked.id, object, &asked.place).await?;
    Ok(Cow::Owned(request.clone().with_view(&view, object.list())?))
}

/// The conditions of the view `id` for `object`; `place` is where a request refers to it.
///
/// # Errors
/// 422 `not_found_reference`, as for [`applied`].
pub async fn selection(
    tx: &Tx<'_>,
    id: ViewId,
    object: ViewObject,
    place: &Place,
) -> Result<Narrowing> {
    let found = StoredView::query()
        .filter(views::id.eq(id))
        .filter(views::object.eq(object))
        .filter(visible(tx));
    let view = found.first(&mut tx.conn()).await.optional()?.ok_or_else(|| unknown_view(place))?;
    let now = Utc::now();
    let named = names_of(&view, now);
    Ok(narrowing(&view, &existing(tx, &named).await?, now))
}

fn names_of(view: &StoredView, now: chrono::DateTime<Utc>) -> Vec<ReferenceKey> {
    view.node(now)
        .and_then(Result::<_, Vec<FieldError>>::ok)
        .map(|node| named(&node))
        .unwrap_or_default()
}

async fn lock(tx: &Tx<'_>, id: ViewId) -> Result<StoredView> {
    Ok(StoredView::query()
        .filter(views::id.eq(id))
        .filter(visible(tx))
        .for_update()
        .first(&mut tx.conn())
        .await?)
}

async fn completed(tx: &Tx<'_>, view: StoredView) -> Result<SavedView> {
    complete(tx, vec![view]).await?.pop().ok_or_else(|| Error::internal("a view has no result"))
}

/// Views as the caller sees them: with the default, and with warnings about missing records.
async fn complete(tx: &Tx<'_>, all: Vec<StoredView>) -> Result<Vec<SavedView>> {
    let defaults: HashSet<ViewId> = match tx.scope().member {
        Some(member) => {
            let own = view_defaults::table
                .filter(view_defaults::member_id.eq(member))
                .select(view_defaults::view_id);
            own.load::<ViewId>(&mut tx.conn()).await?.into_iter().collect()
        }
        None => HashSet::new(),
    };
    let now = Utc::now();
    let named: Vec<ReferenceKey> = all.iter().flat_map(|view| names_of(view, now)).collect();
    let existing = existing(tx, &named).await?;
    let complete = |stored: StoredView| SavedView {
        is_default: defaults.contains(&stored.id),
        warnings: existing.warnings(&stored, now),
        stored,
    };
    Ok(all.into_iter().map(complete).collect())
}

/// Those of the records that exist: one query with a branch for each kind.
async fn existing(tx: &Tx<'_>, named: &[ReferenceKey]) -> Result<ExistingReferences> {
    if named.is_empty() {
        return Ok(ExistingReferences::default());
    }
    let keys = |kind: FieldReference| {
        named.iter().filter(move |(of, _)| *of == kind).map(|(_, key)| key.clone())
    };
    // A first branch without rows, so that all others begin with UNION ALL.
    let mut out = Statement::new("SELECT ''::text, ''::text WHERE false");
    for (kind, table) in [
        (FieldReference::Tag, "tags"),
        (FieldReference::Member, "members"),
        (FieldReference::Contact, "contacts"),
        (FieldReference::Deal, "deals"),
    ] {
        let ids: Vec<Uuid> = keys(kind).filter_map(|key| key.parse().ok()).collect();
        if !ids.is_empty() {
            out.sql(format!(" UNION ALL SELECT '{kind}', id::text FROM {table} WHERE id = ANY("))
                .bind(Bind::Ids(ids))
                .sql(")");
        }
    }
    let tiers: Vec<String> = keys(FieldReference::Tier).collect();
    if !tiers.is_empty() {
        // A deleted tier keeps its row as long as partners have it (docs/tiers.md).
        out.sql(" UNION ALL SELECT 'tier', key FROM tiers WHERE deleted_at IS NULL AND key = ANY(")
            .bind(Bind::Texts(tiers))
            .sql(")");
    }
    let rows: Vec<(String, String)> =
        out.answers::<(sql_types::Text, sql_types::Text)>().load(&mut tx.conn()).await?;
    Ok(ExistingReferences(rows.into_iter().collect()))
}

/// Records an event about a view. Events about private views are visible to their owner only.
fn record(tx: &Tx<'_>, kind: &str, view: &StoredView, changes: Value) {
    let data = json!({
        "changes": changes,
        "name": view.name,
        "object": view.object,
        "visibility": view.visibility
    });
    let event = NewEvent::new(kind, view.id, view.version, data);
    tx.record(match view.visible_to() {
        Some(owner) => event.visible_to(owner),
        None => event,
    });
}
