//! Enrichment: what the outside world says about partners.

mod sources;
mod website;

use actix_web::web;
use domain::{
    Error,
    enrichments::EnrichmentRequest,
    ids::{JobId, PartnerId},
    jobs::Job,
};
use operation_macros::operation;
use persistence::{
    Tx, enrichments, imports,
    worker::{Outcome, Run},
};

pub use sources::Sources;

use crate::{
    kernel::{
        answer::Answer,
        call::{Call, Json},
        files::Files,
        problem::Result,
        request_body::Sum,
    },
    resources::{jobs::accepted, logos},
};

/// Fetch the logo of a partner
///
/// From the partner's own website, in a job. It takes the place of whatever logo there is, also of
/// one that was uploaded.
#[operation(
    post("/partners/{id}/logo/fetch"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    accepted(Job),
    errors(DomainRequired)
)]
pub async fn fetch_partner_logo(call: Call, id: web::Path<PartnerId>) -> Result<Answer> {
    let work =
        async |tx: &Tx<'_>| Ok(accepted(&call, &enrichments::insert_logo_fetch(tx, *id).await?));
    call.once(&Sum::nothing(), work).await
}

/// Enrich a partner
///
/// In a job: from the partner's own website, and from the company-data source when the deployment
/// has one. Fields that a person has set stay; what was found waits beside them. What a source said
/// about a domain is believed for seven days.
#[operation(
    post("/partners/{id}/enrichment"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    accepted(Job),
    errors(DomainRequired)
)]
pub async fn enrich_partner(call: Call, id: web::Path<PartnerId>) -> Result<Answer> {
    let work = async |tx: &Tx<'_>| Ok(accepted(&call, &enrichments::insert_one(tx, *id).await?));
    call.once(&Sum::nothing(), work).await
}

/// Enrich many partners
///
/// Those of a selection, in a job, as when they are enriched one by one. Its items tell of each
/// partner what was found; the `title` of its website is shown in `after` and not written.
#[operation(
    post("/enrichments"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    accepted(Job),
    errors(InvalidSelection, InvalidFilter),
    field_errors(NotFoundReference)
)]
pub async fn create_enrichment(call: Call, body: Json<EnrichmentRequest>) -> Result<Answer> {
    let work = async |tx: &Tx<'_>| Ok(accepted(&call, &enrichments::insert(tx, &body).await?));
    call.once(&body.sum, work).await
}

/// How long a job works before it lets others go first.
const TURN: std::time::Duration = std::time::Duration::from_secs(30);

/// Works off the task of an enrichment: a few partners at a time, each time the sources first and
/// then one transaction.
///
/// # Errors
/// What is worth another attempt; it goes on where this one stopped.
pub async fn work(
    sources: &Sources,
    files: &Files,
    run: &Run,
    id: JobId,
) -> domain::Result<Outcome> {
    let mut work = match enrichments::Work::begin(run, id).await {
        Ok(Some(work)) => work,
        Ok(None) => return Ok(Outcome::Completed),
        Err(error @ Error::Problem(_)) => return imports::give_up(run, id, error).await,
        Err(error) => return Err(error),
    };
    let (organization, since) = (run.scope().organization, std::time::Instant::now());
    loop {
        let due = work.next(run).await?;
        let visits = due.into_iter().map(|due| sources.visit(files, organization, work.kind, due));
        let visits = futures_util::future::try_join_all(visits).await?;
        let step = work.write(run, &visits).await?;
        for (partner, address) in &step.unused {
            logos::erase(files, organization, *partner, address).await;
        }
        match step.goes_on {
            false => return Ok(Outcome::Completed),
            true if run.is_stopping() || since.elapsed() > TURN => return Ok(Outcome::Again),
            true => {}
        }
    }
}
