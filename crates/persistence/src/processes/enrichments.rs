//! Enrichment: which partners are due, what is still known of their domains, and the write of what
//! was found. The sources themselves are asked between the transactions, by the caller.

use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};
use diesel_async::RunQueryDsl;
use domain::{
    Code, Error, Result,
    access::WriteMode,
    enrichments::{EnrichmentRequest, EnrichmentSource, Findings, accepted_findings},
    ids::{JobId, PartnerId},
    imports::ConvertedRow,
    jobs::{Job, JobItemStatus, JobItemWarning, JobType, NewJobItem},
    partners::{LogoSource, changes_of},
    schema::{enrichment_cache, partners as table},
    timestamp::Timestamp,
    values::FieldRow,
};
use futures_util::future::try_join_all;
use serde_json::{Map, Value as Json, json};

use crate::{
    kernel::{db::Tx, sql::clock_timestamp, worker::Run},
    processes::imports,
    resources::{
        jobs::{self, JobSteps, StepItems, StepOutcome},
        partners::{
            self,
            selection::{self, SelectedPartners},
            writer::{Deleted, LockedPartner, PartnerWriter},
        },
    },
};

/// Partners of one step, and those that are asked about at a time.
pub const BATCH: i64 = 8;

/// How long what a source said is believed.
pub const CACHE_TTL: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// Accepts the enrichment of a selection.
///
/// # Errors
/// `invalid_selection`, `invalid_filter`; `not_found_reference` for a view that is not there.
pub async fn insert(tx: &Tx<'_>, request: &EnrichmentRequest) -> Result<Job> {
    let selected = selection::resolve(tx, &request.selection.read(Timestamp::now())?).await?;
    accept(tx, JobType::Enrichment, request, selected.count(tx).await?).await
}

/// Accepts the enrichment of one partner.
///
/// # Errors
/// `not_found`, `domain_required`.
pub async fn insert_one(tx: &Tx<'_>, partner: PartnerId) -> Result<Job> {
    expect_domain(tx, partner).await?;
    accept(tx, JobType::Enrichment, &EnrichmentRequest::one(partner), 1).await
}

/// Accepts that the logo of a partner is fetched.
///
/// # Errors
/// As [`insert_one`].
pub async fn insert_logo_fetch(tx: &Tx<'_>, partner: PartnerId) -> Result<Job> {
    expect_domain(tx, partner).await?;
    accept(tx, JobType::LogoFetch, &EnrichmentRequest::one(partner), 1).await
}

async fn expect_domain(tx: &Tx<'_>, partner: PartnerId) -> Result<()> {
    let partner = partners::get(tx, partner).await?;
    partner.summary.domain.map(drop).ok_or_else(|| Error::of(Code::DomainRequired))
}

async fn accept(
    tx: &Tx<'_>,
    kind: JobType,
    request: &EnrichmentRequest,
    total: i64,
) -> Result<Job> {
    let job = jobs::NewJob {
        id: JobId::new(),
        kind,
        dry_run: false,
        input: serde_json::to_value(request).map_err(Error::internal)?,
        total: Some(total),
        position: None,
        has_files: false,
    };
    jobs::insert(tx, &job).await
}

/// A partner whose turn it is.
#[derive(Debug)]
pub struct EnrichmentTarget {
    pub partner: PartnerId,
    /// Without one there is nobody to ask.
    pub domain: Option<String>,
    pub logo_source: Option<LogoSource>,
    /// What was said in the last days.
    pub website: Option<Findings>,
    pub company_data: Option<Findings>,
}

/// What a source says.
#[derive(Debug)]
pub struct SourceAnswer {
    pub findings: Result<Findings>,
    /// Now, and not some days ago.
    pub just_now: bool,
}

/// What was found out about a partner.
#[derive(Debug)]
pub struct EnrichmentFindings {
    pub partner: PartnerId,
    /// The domain that was asked about.
    pub domain: Option<String>,
    pub website: Option<SourceAnswer>,
    pub company_data: Option<SourceAnswer>,
    /// Where a new logo is served from, or why there is none; `None` when none was requested.
    pub logo: Option<Result<String>>,
}

/// Asks the sources, and keeps logos.
#[expect(
    async_fn_in_trait,
    reason = "the worker polls its tasks on one thread, so they need not be Send"
)]
pub trait EnrichmentSources {
    /// Finds out about a partner. What the sources do not tell is part of the answer.
    ///
    /// # Errors
    /// When a logo cannot be kept.
    async fn visit(&self, kind: JobType, due: EnrichmentTarget) -> Result<EnrichmentFindings>;

    /// Erases the logo that a partner had at this address.
    async fn erase_logo(&self, partner: PartnerId, address: &str);
}

/// An enrichment at work. Its things are partners.
pub struct Enrichment<'a, V> {
    kind: JobType,
    force: bool,
    selected: SelectedPartners,
    visitor: &'a V,
}

/// What was found out for one step.
#[derive(Debug, Default)]
pub struct EnrichmentStep {
    visits: Vec<EnrichmentFindings>,
    /// Addresses of logos that nobody names any more.
    unused: Vec<(PartnerId, String)>,
}

impl<V: EnrichmentSources> JobSteps for Enrichment<'_, V> {
    type Id = PartnerId;
    type Prepared = EnrichmentStep;

    fn limit(&self) -> usize {
        BATCH as usize
    }

    async fn total(&self, tx: &Tx<'_>) -> Result<i64> {
        self.selected.count(tx).await
    }

    async fn next(&mut self, run: &Run, after: Option<&PartnerId>) -> Result<StepItems<PartnerId>> {
        let ids = run
            .store
            .read(run.scope(), async |tx| self.selected.after(tx, after.copied(), BATCH).await)
            .await?;
        Ok(StepItems::of(ids, self.limit()))
    }

    async fn prepare(
        &mut self,
        run: &Run,
        portion: &StepItems<PartnerId>,
    ) -> Result<EnrichmentStep> {
        let due = run.store.read(run.scope(), async |tx| self.due(tx, &portion.ids).await).await?;
        let visits = due.into_iter().map(|due| self.visitor.visit(self.kind, due));
        Ok(EnrichmentStep { visits: try_join_all(visits).await?, unused: Vec::new() })
    }

    async fn step(
        &mut self,
        tx: &Tx<'_>,
        _: &[PartnerId],
        prepared: &mut EnrichmentStep,
    ) -> Result<StepOutcome<PartnerId>> {
        let items = self.write_findings(tx, prepared).await?;
        remember(tx, &prepared.visits).await?;
        Ok(StepOutcome { items, deferred: Vec::new() })
    }

    async fn clean_up(&mut self, _: &Run, prepared: EnrichmentStep, is_written: bool) {
        let EnrichmentStep { visits, unused } = prepared;
        let new = visits.iter().filter(|_| !is_written);
        let new = new.filter_map(|visit| Some((visit.partner, visit.new_logo()?.clone())));
        for (partner, address) in unused.into_iter().chain(new) {
            self.visitor.erase_logo(partner, &address).await;
        }
    }
}

impl<'a, V: EnrichmentSources> Enrichment<'a, V> {
    /// The enrichment of a job.
    ///
    /// # Errors
    /// Those of the selection.
    pub async fn open(tx: &Tx<'_>, job: &Job, visitor: &'a V) -> Result<Self> {
        let request: EnrichmentRequest =
            serde_json::from_value(job.input.0.0.clone()).map_err(Error::internal)?;
        let selected = selection::resolve(tx, &request.selection.read(job.created_at)?).await?;
        let selected = selected.made_until(job.created_at);
        Ok(Self { kind: job.kind, force: request.force, selected, visitor })
    }

    /// The partners, with what is still known of their domains.
    async fn due(&self, tx: &Tx<'_>, ids: &[PartnerId]) -> Result<Vec<EnrichmentTarget>> {
        let live = table::table.filter(table::id.eq_any(ids)).filter(table::deleted_at.is_null());
        let live = live.select((table::id, table::domain, table::logo_source));
        let live: Vec<(PartnerId, Option<String>, Option<LogoSource>)> =
            live.load(&mut tx.conn()).await?;
        let mut known = if self.force || self.kind == JobType::LogoFetch {
            Vec::new()
        } else {
            cached(tx, live.iter().filter_map(|(_, domain, _)| domain.as_deref()).collect()).await?
        };
        let mut take = |domain: &Option<String>, source| {
            let place =
                known.iter().position(|(of, by, _)| Some(of) == domain.as_ref() && *by == source);
            place.map(|place| known.swap_remove(place).2)
        };
        let due = ids.iter().map(|&partner| {
            let found = live.iter().find(|(id, ..)| *id == partner);
            let (domain, logo_source) =
                found.map(|(_, domain, source)| (domain.clone(), *source)).unwrap_or_default();
            let (website, company_data) = (
                take(&domain, EnrichmentSource::Website),
                take(&domain, EnrichmentSource::CompanyData),
            );
            EnrichmentTarget { partner, domain, logo_source, website, company_data }
        });
        Ok(due.collect())
    }

    /// Writes what was found out, with an item for each partner that is there.
    async fn write_findings(
        &self,
        tx: &Tx<'_>,
        prepared: &mut EnrichmentStep,
    ) -> Result<HashMap<PartnerId, NewJobItem>> {
        let EnrichmentStep { visits, unused } = prepared;
        let (currency, _) = imports::exponent(tx).await?;
        let ids: Vec<PartnerId> = visits.iter().map(|visit| visit.partner).collect();
        // Nothing was locked while the sources were asked, so the partners are read again; whoever
        // changed or deleted one meanwhile wins.
        let mut writer = PartnerWriter::with_locked(tx, &ids, Deleted::Skip).await?;
        let mut items = HashMap::new();
        for visit in visits.iter() {
            let locked = writer.take(visit.partner);
            let before = locked.as_ref().and_then(|locked| locked.partner.summary.logo_url.clone());
            let mut item = NewJobItem::succeeded(visit.partner);
            item.resource_id = locked.as_ref().map(|_| visit.partner.to_string());
            let done =
                self.write_partner_findings(&mut writer, locked, visit, &currency, &mut item).await;
            let after = done.as_ref().ok().cloned().unwrap_or_else(|| before.clone());
            if let Err(error) = done {
                let status = match error.code() {
                    Code::Unchanged | Code::DomainRequired => JobItemStatus::Skipped,
                    _ if matches!(error, Error::Problem(_)) => JobItemStatus::Failed,
                    _ => return Err(error),
                };
                item = item.stopped(status, &error, tx.scope().request_id);
            }
            let addresses = [before.as_ref(), visit.new_logo()].into_iter().flatten();
            unused.extend(
                addresses
                    .filter(|own| Some(*own) != after.as_ref())
                    .map(|own| (visit.partner, own.clone())),
            );
            items.insert(visit.partner, item);
        }
        Ok(items)
    }

    /// Writes to one partner what was found; answers where its logo is served from.
    async fn write_partner_findings(
        &self,
        writer: &mut PartnerWriter<'_, '_>,
        locked: Option<LockedPartner>,
        visit: &EnrichmentFindings,
        currency: &str,
        item: &mut NewJobItem,
    ) -> Result<Option<String>> {
        let locked = locked.ok_or_else(Error::not_found)?;
        let domain = locked
            .partner
            .summary
            .domain
            .as_deref()
            .ok_or_else(|| Error::of(Code::DomainRequired))?;
        // What was found is about the old domain.
        if visit.domain.as_deref() != Some(domain) {
            let detail = "The domain was changed while its sources were asked. Please try again.";
            let version = json!(locked.partner.summary.version);
            return Err(Error::new(Code::VersionMismatch, detail).meta("current_version", version));
        }
        let ConvertedRow { values, warnings, .. } = match self.kind {
            JobType::LogoFetch => ConvertedRow::default(),
            _ => visit.source_answer(&locked.partner, currency, item)?,
        };
        item.warnings.extend(warnings);
        let mut plan = writer.plan(&locked, changes_of(&values), WriteMode::Automated)?;
        let is_theirs = locked.partner.summary.logo_source == Some(LogoSource::Uploaded);
        match &visit.logo {
            Some(Ok(path)) if self.kind == JobType::LogoFetch || !is_theirs => {
                plan.changes.extend(partners::logo_changes(&locked, path, LogoSource::Fetched));
            }
            Some(Err(error)) if self.kind == JobType::LogoFetch => return Err(again(error)),
            Some(Err(error)) => item.warnings.push(warning(error, Some("logo_url"))),
            _ => {}
        }
        item.skipped_fields = plan.skipped_fields().into_iter().map(str::to_owned).collect();
        let title = visit.title().map(|title| ("title".to_owned(), json!(title)));
        if !plan.changes.is_empty() {
            (item.before, item.after) = imports::before_and_after(&locked.partner, &plan.changes);
        }
        if let Some((name, title)) = title
            && let Json::Object(after) = item.after.get_or_insert_with(|| Json::Object(Map::new()))
        {
            after.insert(name, title);
        }
        if plan.is_empty() {
            return Err(Error::of(Code::Unchanged));
        }
        writer.stage(locked, plan);
        // A partner that is refused must not undo the others of the step.
        let written = writer.tx().savepoint(async |_| writer.finish_one().await).await?;
        Ok(written.summary.logo_url)
    }
}

impl EnrichmentFindings {
    fn new_logo(&self) -> Option<&String> {
        self.logo.as_ref().and_then(|logo| logo.as_ref().ok())
    }

    fn title(&self) -> Option<&str> {
        let website = self.website.as_ref()?.findings.as_ref().ok()?;
        website.title.as_deref()
    }

    /// What the sources want to write: one that does not answer is a warning while another does.
    fn source_answer(
        &self,
        row: &dyn FieldRow,
        currency: &str,
        item: &mut NewJobItem,
    ) -> Result<ConvertedRow> {
        let source_answer = [&self.website, &self.company_data].map(|source_answer| {
            source_answer.as_ref().map(|source_answer| source_answer.findings.as_ref())
        });
        let mut silent =
            source_answer.iter().filter_map(|source_answer| source_answer.as_ref()?.as_ref().err());
        let [website, company_data] = source_answer.each_ref().map(|source_answer| {
            source_answer.as_ref().and_then(|source_answer| source_answer.as_ref().ok().copied())
        });
        if website.is_none()
            && company_data.is_none()
            && let Some(first) = silent.next()
        {
            item.warnings.extend(silent.map(|error| warning(error, None)));
            return Err(again(first));
        }
        item.warnings.extend(silent.map(|error| warning(error, None)));
        Ok(accepted_findings(row, website, company_data, currency))
    }
}

/// The same error once more.
fn again(error: &Error) -> Error {
    match error {
        Error::Problem(problem) => Error::Problem(problem.clone()),
        ours => Error::internal(ours.to_string()),
    }
}

fn warning(error: &Error, field: Option<&str>) -> JobItemWarning {
    let detail = match error {
        Error::Problem(problem) => problem.detail.clone(),
        ours => ours.code().title().to_owned(),
    };
    let warning = JobItemWarning::new(error.code().as_str(), detail);
    match field {
        Some(field) => warning.about(field),
        None => warning,
    }
}

/// What was said about these domains not too long ago.
async fn cached(
    tx: &Tx<'_>,
    domains: Vec<&str>,
) -> Result<Vec<(String, EnrichmentSource, Findings)>> {
    let since = Timestamp(Timestamp::now().0 - CACHE_TTL);
    let rows: Vec<(String, EnrichmentSource, Json)> = enrichment_cache::table
        .filter(enrichment_cache::domain.eq_any(domains))
        .filter(enrichment_cache::fetched_at.gt(since))
        .select((enrichment_cache::domain, enrichment_cache::source, enrichment_cache::findings))
        .load(&mut tx.conn())
        .await?;
    // What an older version kept and this one cannot read is asked for again.
    let readable = rows.into_iter().filter_map(|(domain, source, kept)| {
        Some((domain, source, serde_json::from_value(kept).ok()?))
    });
    Ok(readable.collect())
}

/// Keeps what was said just now.
async fn remember(tx: &Tx<'_>, visits: &[EnrichmentFindings]) -> Result<()> {
    let mut rows = Vec::new();
    for visit in visits {
        let all = [
            (EnrichmentSource::Website, &visit.website),
            (EnrichmentSource::CompanyData, &visit.company_data),
        ];
        for (source, source_answer) in all {
            let Some((SourceAnswer { findings: Ok(findings), just_now: true }, domain)) =
                source_answer.as_ref().zip(visit.domain.as_ref())
            else {
                continue;
            };
            let findings = serde_json::to_value(findings).map_err(Error::internal)?;
            rows.push((
                enrichment_cache::domain.eq(domain),
                enrichment_cache::source.eq(source),
                enrichment_cache::findings.eq(findings),
            ));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    // Its primary key, organization aside, which the database fills in.
    diesel::insert_into(enrichment_cache::table)
        .values(rows)
        .on_conflict(diesel::upsert::on_constraint("enrichment_cache_pkey"))
        .do_update()
        .set((
            enrichment_cache::findings.eq(excluded(enrichment_cache::findings)),
            enrichment_cache::fetched_at.eq(clock_timestamp()),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
