//! What is kept of partners that a judgement looks at: loaded for a whole batch at a time.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::{
    Result,
    deals::{DealMotion, DealStatus},
    ids::{PartnerId, TagId},
    jobs::JsonColumn,
    partners::Partner,
    schema::{deals, partners, submissions, tags},
    submissions::{SubmissionAnswer, SubmissionStatus},
    timestamp::Timestamp,
};
use futures_util::future::{join, join5};
use serde_json::{Map, Value as Json};

use crate::{
    kernel::{
        db::Tx,
        statement::{Bind, Statement},
    },
    resources::partners::writer::LockedPartner,
};

/// For so long something that was done with a partner counts, in days; events are not kept longer.
const ACTIVE_DAYS: i64 = 90;

/// A deal as far as scores look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoredDeal {
    pub status: DealStatus,
    pub motion: DealMotion,
    pub value: i64,
    pub registered_on: NaiveDate,
    pub expected_close_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
}

/// What is kept of a partner that a judgement looks at.
#[derive(Debug, Clone)]
pub struct ScoredPartner {
    pub id: PartnerId,
    /// Its wire values by property.
    pub row: Map<String, Json>,
    /// The labels of its tags.
    pub tags: Vec<String>,
    /// Those that are not deleted.
    pub deals: Vec<ScoredDeal>,
    pub contacts: i64,
    /// Those with an e-mail address or a telephone number.
    pub reachable_contacts: i64,
    /// The newest thing that somebody did with it within 90 days, and how many there were. What
    /// automation does does not count: nobody has spoken to a company because it came in a file.
    pub last_activity_at: Option<Timestamp>,
    pub activities: i64,
    /// Question and answer of the application that it came by, or was filled in from.
    pub application: Vec<(String, String)>,
    /// The hash of what its newest score rests on.
    pub last_hash: Option<String>,
}

/// What is known of live partners, in the order of their ids. Nothing is locked.
///
/// # Errors
/// Those of the database.
pub async fn look(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<ScoredPartner>> {
    let live =
        Partner::query().filter(partners::id.eq_any(ids)).filter(partners::deleted_at.is_null());
    let rows = async { live.order(partners::id).load::<Partner>(&mut tx.conn()).await };
    let (rows, beside) = join(rows, RelatedFacts::load(tx, ids)).await;
    let mut beside = beside?;
    Ok(rows?
        .into_iter()
        .map(|partner| beside.scored_partner(partner.summary.id, partner.into_row()))
        .collect())
}

/// What is known of locked partners, in their order.
pub(super) async fn of_locked(
    tx: &Tx<'_>,
    locked: impl Iterator<Item = &LockedPartner>,
) -> Result<Vec<ScoredPartner>> {
    let locked: Vec<&LockedPartner> = locked.collect();
    let ids: Vec<PartnerId> = locked.iter().map(|one| one.id()).collect();
    let mut beside = RelatedFacts::load(tx, &ids).await?;
    Ok(locked.into_iter().map(|one| beside.scored_partner(one.id(), one.row.clone())).collect())
}

type DealRow =
    (PartnerId, DealStatus, DealMotion, i64, NaiveDate, Option<NaiveDate>, Option<NaiveDate>);

/// What is known beside the partners' own rows, by partner.
struct RelatedFacts {
    deals: HashMap<PartnerId, Vec<ScoredDeal>>,
    contacts: HashMap<PartnerId, (i64, i64)>,
    activities: HashMap<PartnerId, (Timestamp, i64)>,
    tags: HashMap<TagId, String>,
    applications: HashMap<PartnerId, Vec<(String, String)>>,
    hashes: HashMap<PartnerId, String>,
}

impl RelatedFacts {
    async fn load(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Self> {
        // All are on their way before the first answer comes: six statements in one round trip.
        let others = join(applications(tx, ids), hashes(tx, ids));
        let (deals, contacts, activities, tags, (applications, hashes)) =
            join5(deals(tx, ids), contacts(tx, ids), activities(tx, ids), tags(tx, ids), others)
                .await;
        Ok(Self {
            deals: deals?,
            contacts: contacts?
                .into_iter()
                .map(|(id, all, reachable)| (id, (all, reachable)))
                .collect(),
            activities: activities?
                .into_iter()
                .map(|(id, last, count)| (id, (last, count)))
                .collect(),
            tags: tags?.into_iter().collect(),
            applications: applications?,
            hashes: hashes?.into_iter().collect(),
        })
    }

    fn scored_partner(&mut self, id: PartnerId, row: Map<String, Json>) -> ScoredPartner {
        let tag_ids = row.get("tag_ids").and_then(Json::as_array).into_iter().flatten();
        let tags = tag_ids
            .filter_map(|tag| self.tags.get(&tag.as_str()?.parse().ok()?).cloned())
            .collect();
        let (contacts, reachable_contacts) = self.contacts.get(&id).copied().unwrap_or_default();
        let activity = self.activities.get(&id).copied();
        ScoredPartner {
            id,
            row,
            tags,
            deals: self.deals.remove(&id).unwrap_or_default(),
            contacts,
            reachable_contacts,
            last_activity_at: activity.map(|(last, _)| last),
            activities: activity.map_or(0, |(_, count)| count),
            application: self.applications.remove(&id).unwrap_or_default(),
            last_hash: self.hashes.remove(&id),
        }
    }
}

pub(super) fn uuids(ids: &[PartnerId]) -> Bind {
    Bind::Ids(ids.iter().map(|id| id.0).collect())
}

/// The deals of partners that are not deleted, by partner.
pub(super) async fn deals(
    tx: &Tx<'_>,
    ids: &[PartnerId],
) -> Result<HashMap<PartnerId, Vec<ScoredDeal>>> {
    let live =
        deals::table.filter(deals::partner_id.eq_any(ids)).filter(deals::deleted_at.is_null());
    let columns = (
        deals::partner_id,
        deals::status,
        deals::motion,
        deals::value,
        deals::registered_on,
        deals::expected_close_on,
        deals::closed_on,
    );
    let rows: Vec<DealRow> = live.select(columns).load(&mut tx.conn()).await?;
    let mut by_partner: HashMap<PartnerId, Vec<ScoredDeal>> = HashMap::new();
    for (id, status, motion, value, registered_on, expected_close_on, closed_on) in rows {
        let deal =
            ScoredDeal { status, motion, value, registered_on, expected_close_on, closed_on };
        by_partner.entry(id).or_default().push(deal);
    }
    Ok(by_partner)
}

async fn contacts(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<(PartnerId, i64, i64)>> {
    let statement = Statement::new(
        "/* scores.contacts */ SELECT partner_id, count(*), count(*) FILTER (WHERE email IS NOT \
            NULL OR phone IS NOT NULL) \
         FROM contacts WHERE partner_id = ANY(",
    )
    .with(uuids(ids), ") GROUP BY partner_id");
    Ok(statement.answers::<(SqlUuid, BigInt, BigInt)>().load(&mut tx.conn()).await?)
}

/// What people did with partners: edits of the partner by hand, contacts, deals, plan items,
/// applications. What comes in the background, by a key that nobody decides with, by a policy, or
/// along with the creation of the partner is no contact with it. Events of before `via` and
/// `write_mode` were noted count as they always did.
async fn activities(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<(PartnerId, Timestamp, i64)>> {
    let since = Timestamp::now().0 - chrono::TimeDelta::days(ACTIVE_DAYS);
    let statement = Statement::new(
        // Events that have no number yet count, too: the row of the partner shows their change.
        "/* scores.activities */ WITH log AS NOT MATERIALIZED (\
         SELECT partner_id, created_at, actor, type, data, subject_type, request_id FROM events \
         UNION ALL \
         SELECT partner_id, created_at, actor, type, data, subject_type, request_id \
         FROM event_outbox) \
         SELECT e.partner_id, max(e.created_at), count(*) FROM log e WHERE e.partner_id = ANY(",
    )
    .with(uuids(ids), ") AND e.created_at > ")
    .with(
        Bind::Time(Some(since)),
        " AND e.actor ->> 'via' IS NULL AND CASE \
         WHEN e.type = 'application.accepted' THEN true \
         WHEN e.type IN ('partner.updated', 'partner.override_set', 'partner.override_cleared') \
         THEN \
           CASE e.actor ->> 'type' \
             WHEN 'user' THEN coalesce(e.data ->> 'write_mode', 'manual') = 'manual' \
               AND (e.type <> 'partner.updated' OR NOT e.data -> 'changes' ? 'scored_at' \
                 AND (e.data -> 'changes') - '{tier,tier_at_risk_since}'::text[] <> '{}') \
             WHEN 'api_key' THEN e.type <> 'partner.updated' OR e.data ->> 'write_mode' = 'manual' \
             ELSE false END \
         WHEN e.type = 'contact.created' THEN e.actor ->> 'type' = 'user' AND NOT EXISTS (SELECT \
         FROM log c \
           WHERE c.partner_id = e.partner_id AND c.type = 'partner.created' AND c.request_id = \
           e.request_id) \
         ELSE e.actor ->> 'type' = 'user' AND e.subject_type IN ('contact', 'deal', 'plan_item', \
         'application') END \
         GROUP BY e.partner_id",
    );
    Ok(statement.answers::<(SqlUuid, Timestamptz, BigInt)>().load(&mut tx.conn()).await?)
}

/// The labels of the tags that any of the partners has.
async fn tags(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<(TagId, String)>> {
    use domain::schema::partner_tags;
    let given = partner_tags::table
        .filter(partner_tags::partner_id.eq_any(ids))
        .select(partner_tags::tag_id);
    Ok(tags::table
        .filter(tags::id.eq_any(given))
        .select((tags::id, tags::name))
        .load(&mut tx.conn())
        .await?)
}

/// What partners said of themselves in their newest accepted application.
async fn applications(
    tx: &Tx<'_>,
    ids: &[PartnerId],
) -> Result<HashMap<PartnerId, Vec<(String, String)>>> {
    let accepted = submissions::table
        .filter(submissions::partner_id.eq_any(ids))
        .filter(submissions::status.eq(SubmissionStatus::Accepted))
        .order(submissions::id);
    let rows: Vec<(Option<PartnerId>, JsonColumn<Vec<SubmissionAnswer>>)> = accepted
        .select((submissions::partner_id, submissions::answers))
        .load(&mut tx.conn())
        .await?;
    let said = |answer: SubmissionAnswer| (answer.label, in_words(&answer.value));
    Ok(rows
        .into_iter()
        .filter_map(|(id, answers)| Some((id?, answers.0.into_iter().map(said).collect())))
        .collect())
}

/// A value as text; a list with commas.
fn in_words(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(in_words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What the newest score of each partner rests on.
/// One index look-up for each partner (LATERAL): the history of a partner is kept for ever, and
/// only its newest row is read.
async fn hashes(tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<(PartnerId, String)>> {
    let statement = Statement::new(
        "/* scores.hashes */ SELECT p.id, s.input_hash FROM \
        unnest(",
    )
    .with(
        uuids(ids),
        ") AS p (id), LATERAL (SELECT input_hash FROM scores WHERE partner_id = p.id ORDER BY id \
            DESC LIMIT 1) AS s",
    );
    Ok(statement.answers::<(SqlUuid, Text)>().load(&mut tx.conn()).await?)
}
