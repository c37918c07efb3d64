//! Enrichment: facts about partners from external sources.

mod sources;
mod website;

use actix_web::web;
use domain::{
    enrichments::EnrichmentRequest,
    ids::{OrganizationId, PartnerId},
    jobs::{Job, JobType},
};
use operation_macros::operation;
use persistence::{
    Tx, enrichments,
    enrichments::{EnrichmentFindings, EnrichmentSources, EnrichmentTarget},
};

pub use sources::Sources;

use crate::{
    kernel::{
        answer::Answer,
        files::Files,
        problem::Result,
        request_body::BodyDigest,
        request_context::{Json, RequestContext},
    },
    resources::{jobs::accepted, logos},
};

/// Fetch the logo of a partner
///
/// Starts a job that fetches the logo from the partner's own website. It replaces any logo,
/// including one that was uploaded.
#[operation(
    post("/partners/{id}/logo/fetch"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    accepted(Job),
    errors(DomainRequired)
)]
pub async fn fetch_partner_logo(
    context: RequestContext,
    id: web::Path<PartnerId>,
) -> Result<Answer> {
    let work =
        async |tx: &Tx<'_>| Ok(accepted(&context, &enrichments::insert_logo_fetch(tx, *id).await?));
    context.once(&BodyDigest::nothing(), work).await
}

/// Enrich a partner
///
/// Starts a job that reads the partner's own website, and the company-data source if the deployment
/// has one. Fields that a person has set are not changed; the values found become pending values.
/// Results for a domain are reused for seven days.
#[operation(
    post("/partners/{id}/enrichment"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    accepted(Job),
    errors(DomainRequired)
)]
pub async fn enrich_partner(context: RequestContext, id: web::Path<PartnerId>) -> Result<Answer> {
    let work = async |tx: &Tx<'_>| Ok(accepted(&context, &enrichments::insert_one(tx, *id).await?));
    context.once(&BodyDigest::nothing(), work).await
}

/// Enrich partners
///
/// Enriches the partners of a selection in one job, in the same way as one partner. The job's items
/// show what was found for each partner; the `title` of the website appears in `after` and is not
/// written.
#[operation(
    post("/enrichments"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    accepted(Job),
    errors(InvalidSelection, InvalidFilter),
    field_errors(NotFoundReference)
)]
pub async fn create_enrichment(
    context: RequestContext,
    body: Json<EnrichmentRequest>,
) -> Result<Answer> {
    let work = async |tx: &Tx<'_>| Ok(accepted(&context, &enrichments::insert(tx, &body).await?));
    context.once(&body.sum, work).await
}

/// Reads the websites of partners of one organization, and stores their logos.
pub struct WebsiteVisitor<'a> {
    pub sources: &'a Sources,
    pub files: &'a Files,
    pub organization: OrganizationId,
}

impl EnrichmentSources for WebsiteVisitor<'_> {
    async fn visit(
        &self,
        kind: JobType,
        due: EnrichmentTarget,
    ) -> domain::Result<EnrichmentFindings> {
        self.sources.visit(self.files, self.organization, kind, due).await
    }

    async fn erase_logo(&self, partner: PartnerId, address: &str) {
        logos::erase(self.files, self.organization, partner, address).await;
    }
}
