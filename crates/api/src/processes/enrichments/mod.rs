//! Enrichment: what the outside world says about partners.

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
pub async fn enrich_partner(context: RequestContext, id: web::Path<PartnerId>) -> Result<Answer> {
    let work = async |tx: &Tx<'_>| Ok(accepted(&context, &enrichments::insert_one(tx, *id).await?));
    context.once(&BodyDigest::nothing(), work).await
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
pub async fn create_enrichment(
    context: RequestContext,
    body: Json<EnrichmentRequest>,
) -> Result<Answer> {
    let work = async |tx: &Tx<'_>| Ok(accepted(&context, &enrichments::insert(tx, &body).await?));
    context.once(&body.sum, work).await
}

/// Visits the websites of partners of one organization, and keeps their logos.
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
