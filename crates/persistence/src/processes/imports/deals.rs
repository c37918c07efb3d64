//! Imports rows as deals: each row identifies its partner, and finds its deal by external id, or by
//! partner, account and name if it has none. Deals are written one by one; the totals of partners
//! are computed once for the batch.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    deals::{AccountKeys, Deal, DealStatus, DealUpdate},
    ids::{DealId, PartnerId},
    imports::{ImportMatch, ImportOnMatch, ImportRow},
    jobs::{JobItemAction, JobItemWarning, NewJobItem},
    patch,
    schema::deals,
    text::normalised_name,
};
use serde_json::{Map, Value, json};

use super::{
    batch::{Batch, unknown_id},
    contacts::{nameless, partner_of, partners_of},
};
use crate::{
    kernel::db::Tx,
    resources::{deals::Writer, partners::Candidate},
};

/// Imports the batch; a dry run does the same and rolls it back, so that it reports exactly what
/// would happen.
pub(super) async fn run(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    rows: &[ImportRow],
) -> Result<Vec<NewJobItem>> {
    if !batch.options.dry_run {
        return write_all(tx, batch, rows).await;
    }
    let mut items = None;
    let undone = tx
        .savepoint(async |tx| {
            items = Some(write_all(tx, batch, rows).await?);
            Err::<(), _>(Error::of(Code::BatchAborted))
        })
        .await;
    match (items, undone) {
        (Some(items), _) => Ok(items),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Ok(Vec::new()),
    }
}

/// The existing deals that the rows of a batch may refer to.
struct ExistingRows {
    partners: Vec<Candidate>,
    by_id: HashMap<DealId, Deal>,
    by_external_id: HashMap<String, Deal>,
    /// Deals without an external id.
    others: Vec<Deal>,
}

impl ExistingRows {
    /// Every deal that was found.
    fn deals(&self) -> impl Iterator<Item = &Deal> {
        self.by_id.values().chain(self.by_external_id.values()).chain(&self.others)
    }

    fn deal_of(
        &self,
        matching: ImportMatch,
        row: &Map<String, Value>,
        partner: Option<PartnerId>,
    ) -> Result<Option<&Deal>> {
        let text = |field: &str| row.get(field).and_then(Value::as_str);
        if matching != ImportMatch::Id {
            return Ok(self.by_values(row, partner));
        }
        let Some(id) = text("id") else { return Ok(None) };
        let deal = id.parse().ok().and_then(|id: DealId| self.by_id.get(&id));
        deal.map(Some).ok_or_else(|| unknown_id("deal"))
    }

    fn by_values(&self, row: &Map<String, Value>, partner: Option<PartnerId>) -> Option<&Deal> {
        let text = |field: &str| row.get(field).and_then(Value::as_str);
        if let Some(id) = text("external_id") {
            return self.by_external_id.get(id);
        }
        let account = account_key(row)?;
        let name = text("name").map(normalised_name);
        self.others.iter().find(|deal| {
            let values = &deal.values;
            Some(values.partner_id) == partner
                && values.account_keys().main() == account
                && Some(normalised_name(&values.name)) == name
        })
    }
}

fn account_keys(row: &Map<String, Value>) -> Option<AccountKeys> {
    let text = |field: &str| row.get(field).and_then(Value::as_str);
    let (name, domain) = (text("account_name"), text("account_domain"));
    (name.is_some() || domain.is_some()).then(|| AccountKeys::new(name.unwrap_or_default(), domain))
}

fn account_key(row: &Map<String, Value>) -> Option<String> {
    account_keys(row).map(|keys| keys.main().to_owned())
}

/// Loads what the whole batch needs.
async fn existing(tx: &Tx<'_>, batch: &Batch<'_>, rows: &[ImportRow]) -> Result<ExistingRows> {
    let defaults = batch.converter.defaults();
    let all = |field: &str| -> Vec<String> {
        let values = rows.iter().map(|row| &row.converted.values).chain([defaults]);
        values.filter_map(|values| values.get(field)?.as_str().map(str::to_owned)).collect()
    };
    let partners = partners_of(tx, batch, rows).await?;
    let mut existing = ExistingRows {
        partners,
        by_id: HashMap::new(),
        by_external_id: HashMap::new(),
        others: Vec::new(),
    };
    let live = || Deal::query().filter(deals::deleted_at.is_null()).order(deals::id);
    match batch.options.matching {
        ImportMatch::None => return Ok(existing),
        ImportMatch::Id => {
            let ids = rows.iter().filter_map(|row| row.converted.text("id")?.parse().ok());
            let ids: Vec<DealId> = ids.collect();
            let found = live().filter(deals::id.eq_any(ids)).load::<Deal>(&mut tx.conn()).await?;
            existing.by_id = found.into_iter().map(|deal| (deal.id, deal)).collect();
            return Ok(existing);
        }
        ImportMatch::Domain | ImportMatch::ExternalId => {}
    }
    let others = rows.iter().filter(|row| row.converted.text("external_id").is_none());
    let accounts: Vec<String> =
        others.filter_map(|row| account_key(&row.converted.values)).collect();
    let without_id = deals::external_id.is_null().and(deals::account_key.eq_any(accounts));
    let meant = deals::external_id.eq_any(all("external_id")).assume_not_null().or(without_id);
    for deal in live().filter(meant).load::<Deal>(&mut tx.conn()).await? {
        match deal.values.external_id.clone() {
            Some(id) => drop(existing.by_external_id.insert(id, deal)),
            None => existing.others.push(deal),
        }
    }
    Ok(existing)
}

async fn write_all(tx: &Tx<'_>, batch: &Batch<'_>, rows: &[ImportRow]) -> Result<Vec<NewJobItem>> {
    let mut existing = existing(tx, batch, rows).await?;
    let mut writer = Writer::new(tx).await?;
    let deals = existing.deals().map(|deal| deal.values.partner_id);
    let partners = existing.partners.iter().map(|partner| partner.id);
    writer.lock_partners(partners.chain(deals)).await?;
    let locked_partners = existing.deals().map(|deal| deal.values.account_keys());
    let deal_update = rows.iter().filter_map(|row| account_keys(&row.converted.values));
    writer.lock_accounts(&locked_partners.chain(deal_update).collect::<Vec<_>>()).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let item = match batch.refused(row) {
            Some(item) => item,
            None => match write_or_follow(tx, batch, &mut existing, &mut writer, row).await {
                Ok(item) => item,
                Err(error @ Error::Problem(_))
                    if error.code() == Code::ExternalIdTaken && is_skip(batch) =>
                {
                    batch.skipped(row, &error)
                }
                Err(error @ Error::Problem(_)) => batch.failed(row, &error),
                Err(ours) => return Err(ours),
            },
        };
        items.push(item);
    }
    writer.finish().await?;
    Ok(items)
}

/// Writes a row. If another transaction has just inserted the deal, the row updates it.
async fn write_or_follow(
    tx: &Tx<'_>,
    batch: &Batch<'_>,
    existing: &mut ExistingRows,
    writer: &mut Writer<'_, '_>,
    row: &ImportRow,
) -> Result<NewJobItem> {
    let locked_partners = writer.locked_partners();
    let written = tx.savepoint(async |_| write(batch, existing, writer, row).await).await;
    let Err(error) = written else { return written };
    writer.release_to(locked_partners);
    let external_id = row.converted.text("external_id").filter(|id| {
        let unmatched = !existing.by_external_id.contains_key(*id);
        unmatched && !matches!(batch.options.matching, ImportMatch::None | ImportMatch::Id)
    });
    let Some(external_id) = external_id.filter(|_| error.code() == Code::ExternalIdTaken) else {
        return Err(error);
    };
    let made = Deal::query()
        .filter(deals::external_id.eq(external_id))
        .filter(deals::deleted_at.is_null());
    let Some(made) = made.first::<Deal>(&mut tx.conn()).await.optional()? else {
        return Err(error);
    };
    existing.by_external_id.insert(external_id.to_owned(), made);
    tx.savepoint(async |_| write(batch, existing, writer, row).await).await
}

fn is_skip(batch: &Batch<'_>) -> bool {
    batch.options.on_match == ImportOnMatch::Skip
}

async fn write(
    batch: &Batch<'_>,
    existing: &ExistingRows,
    writer: &mut Writer<'_, '_>,
    row: &ImportRow,
) -> Result<NewJobItem> {
    let named = partner_of(&existing.partners, &row.converted.values)?;
    let found = existing.deal_of(batch.options.matching, &row.converted.values, named)?;
    let found = found.map(|deal| (deal.id, deal.values.status));
    let mut item = batch.item(row);
    let Some((id, status)) = found else {
        let values = batch.converter.with_defaults(&row.converted)?;
        let partner = match named {
            Some(partner) => partner,
            None => partner_of(&existing.partners, &values)?.ok_or_else(nameless)?,
        };
        let mut deal_update = deal_update(batch, values, Some(partner), None, &mut item)?;
        register_in_time(&mut deal_update, writer.today(), &mut item);
        let deal = writer.insert(&deal_update).await?;
        (item.before, item.after) = sides(patch::changes(&json!({}), &deal.values)?);
        item.action = Some(JobItemAction::Created);
        item.resource_id = (!batch.options.dry_run).then(|| deal.id.to_string());
        return Ok(item);
    };
    if is_skip(batch) {
        return Err(Error::of(Code::ExternalIdTaken).meta("existing_id", json!(id)));
    }
    row.converted.expect_change()?;
    let deal_update =
        deal_update(batch, row.converted.values.clone(), named, Some(status), &mut item)?;
    let before = writer.lock(id, None, deal_update.partner_id).await?;
    let locked_partners = before.values.clone();
    let after = writer.edit(before, &deal_update).await?;
    (item.before, item.after) = sides(patch::changes(&locked_partners, &after.values)?);
    item.action = Some(if locked_partners == after.values {
        JobItemAction::Unchanged
    } else {
        JobItemAction::Updated
    });
    item.resource_id = Some(id.to_string());
    Ok(item)
}

/// The values of a row as an edit. A field that does not apply to the deal's status is dropped.
fn deal_update(
    batch: &Batch<'_>,
    mut values: Map<String, Value>,
    partner: Option<PartnerId>,
    present: Option<DealStatus>,
    item: &mut NewJobItem,
) -> Result<DealUpdate> {
    values.retain(|field, _| {
        !matches!(field.as_str(), "currency" | "id") && !field.starts_with("partner_")
    });
    values.extend(partner.map(|id| ("partner_id".to_owned(), json!(id))));
    let status =
        values.get("status").and_then(Value::as_str).and_then(|word| word.parse().ok()).or(present);
    let closed = status.is_some_and(DealStatus::is_closed);
    let places = [
        ("closed_on", closed),
        ("lost_reason", status == Some(DealStatus::Lost)),
        ("rejection_reason", status == Some(DealStatus::Rejected)),
    ];
    for (field, belongs) in places {
        if !belongs && values.remove(field).is_some() {
            let detail = "does not apply to the status of the deal";
            item.warnings.push(JobItemWarning::new("not_applicable", detail).about(field));
        }
    }
    let mut deal_update: DealUpdate =
        serde_json::from_value(values.into()).map_err(Error::internal)?;
    deal_update.allow_conflict = batch.options.allow_conflict.unwrap_or(false);
    Ok(deal_update)
}

/// The registration day of a new deal without one in the file: today, or the day on which it was
/// won or lost if that is earlier, because a deal cannot be registered after its end.
fn register_in_time(deal_update: &mut DealUpdate, today: NaiveDate, item: &mut NewJobItem) {
    let closed_on = deal_update.closed_on.flatten().filter(|day| *day < today);
    if let (None, Some(day)) = (deal_update.registered_on, closed_on) {
        deal_update.registered_on = Some(day);
        let detail = format!(
            "The row has no registration date; {day} is used, which is the day on which the deal \
             was closed."
        );
        item.warnings.push(JobItemWarning::new("date_assumed", detail).about("registered_on"));
    }
}

/// `before` and `after` of an item from the changes of an event.
fn sides(changes: Map<String, Value>) -> (Option<Value>, Option<Value>) {
    let side = |name: &str| -> Value {
        changes
            .iter()
            .map(|(field, change)| (field.clone(), change.get(name).cloned().unwrap_or_default()))
            .collect::<Map<_, _>>()
            .into()
    };
    (Some(side("from")), Some(side("to")))
}
