//! Enrichment under workers that die, on a real cluster.

mod scratch;

use std::{cell::RefCell, time::Duration};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{
    Error, Result,
    access::WriteMode,
    enrichments::{EnrichmentRequest, Findings},
    ids::PartnerId,
    jobs::{Daily, JOB_ITEM_LIST, JobStatus, JobType},
    lists::ListRequest,
    partners::{PartnerCreatedVia, changes_of},
    schema,
    timestamp::Timestamp,
};
use persistence::{
    Tx,
    enrichments::{
        self, Enrichment, EnrichmentFindings, EnrichmentSources, EnrichmentTarget, SourceAnswer,
    },
    jobs, partners,
    tasks::Task,
    worker::{self, Outcome, Run, Tasks},
};
use scratch::Scratch;
use serde_json::json;
use tokio::sync::Notify;

/// Knows the same of every domain, and hangs once it has asked about so many.
struct Enricher {
    asked: RefCell<Vec<PartnerId>>,
    hangs_after: usize,
    hung: Notify,
    ended: Notify,
}

impl Enricher {
    fn new(hangs_after: usize) -> Self {
        Self { asked: RefCell::default(), hangs_after, hung: Notify::new(), ended: Notify::new() }
    }
}

impl EnrichmentSources for Enricher {
    async fn visit(&self, _: JobType, due: EnrichmentTarget) -> Result<EnrichmentFindings> {
        self.asked.borrow_mut().push(due.partner);
        if self.asked.borrow().len() > self.hangs_after {
            self.hung.notify_one();
            std::future::pending::<()>().await;
        }
        let findings = Findings {
            values: [("industry".to_owned(), json!("Software"))].into_iter().collect(),
            ..Findings::default()
        };
        let said = SourceAnswer { findings: Ok(findings), just_now: true };
        Ok(EnrichmentFindings {
            partner: due.partner,
            domain: due.domain,
            website: Some(said),
            company_data: None,
            logo: None,
        })
    }
    async fn erase_logo(&self, _: PartnerId, _: &str) {
        panic!("nobody has a logo")
    }
}

impl Tasks for Enricher {
    async fn run(&self, run: &Run) -> Result<Outcome> {
        let id =
            serde_json::from_value(run.task.payload["job_id"].clone()).map_err(Error::internal)?;
        let outcome =
            jobs::run(run, id, async |tx, job, _| Enrichment::open(tx, job, self).await).await;
        self.ended.notify_one();
        outcome
    }
    async fn gave_up(&self, _: &Tx<'_>, _: &Task, error: &Error) -> Result<()> {
        panic!("{error}")
    }
    fn daily(&self) -> Vec<(&'static str, Daily)> {
        Vec::new()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_over_from_a_killed_worker_asks_about_one_batch_again() {
    let scratch = Scratch::new().await;
    let (store, scope) = (&scratch.store, &scratch.organization().await);
    let request: EnrichmentRequest = serde_json::from_value(
        json!({"filter": {"op": "eq", "field": "type", "value": "technology"}}),
    )
    .unwrap();
    let job = store
        .write(scope, async |tx| {
            for n in 0..20 {
                let body = json!({
                    "name": format!("Company {n}"),
                    "type": "technology",
                    "domain": format!("c{n}.example.com")
                });
                let changes = changes_of(body.as_object().unwrap());
                partners::insert(tx, changes, None, PartnerCreatedVia::Api, WriteMode::Automated)
                    .await?;
            }
            enrichments::insert(tx, &request).await
        })
        .await
        .unwrap();
    let settings = worker::Settings { poll: Duration::from_millis(20), ..worker::Settings::new(4) };
    let dying = Enricher::new(8);
    tokio::select! {
        () = worker::run(store, &dying, &settings, std::future::pending()) => unreachable!("nobody \
            stops it"),
        () = dying.hung.notified() => {}
    }
    assert_eq!(dying.asked.borrow().len(), 16);
    // Nobody waits for the half minute of the lease: its end is brought forward.
    let now = Timestamp::now();
    store
        .write(scope, async |tx| {
            use schema::tasks::dsl;
            let over = (dsl::locked_until.eq(Some(now)), dsl::run_at.eq(now));
            Ok(diesel::update(dsl::tasks.filter(dsl::lease.is_not_null()))
                .set(over)
                .execute(&mut tx.conn())
                .await?)
        })
        .await
        .unwrap();
    let next = Enricher::new(usize::MAX);
    worker::run(store, &next, &settings, next.ended.notified()).await;
    assert_eq!(next.asked.borrow().len(), 12);
    assert_eq!(
        next.asked.borrow()[..8],
        dying.asked.borrow()[8..],
        "what was asked and not written"
    );
    let (ended, items) = store
        .read(scope, async |tx| {
            let list = ListRequest::first(&JOB_ITEM_LIST, 100);
            Ok((jobs::get(tx, job.id).await?, jobs::items(tx, job.id, &list).await?.data))
        })
        .await
        .unwrap();
    assert_eq!(
        (ended.status, ended.progress.done, ended.progress.succeeded),
        (JobStatus::Succeeded, 20, 20)
    );
    assert!(items.iter().map(|item| item.index).eq(0..20));
}
