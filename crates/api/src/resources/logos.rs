//! Logos of partners. The row stores the URL, the file store has the bytes. Each upload has its own
//! file and URL, so that caches never show an old logo and concurrent uploads never share a file.

use std::sync::LazyLock;

use actix_web::{
    http::header,
    web::{self, Bytes},
};
use domain::{
    Code, Error,
    ids::{OrganizationId, PartnerId},
    partners::{LogoSource, Partner},
};
use futures_util::TryStreamExt;
use object_store::path::Path;
use operation_macros::operation;
use persistence::partners;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use crate::kernel::{
    answer::Answer,
    files::Files,
    heavy::{self, Places},
    images,
    problem::Result,
    request_body::BodyDigest,
    request_context::{Query, RequestContext, read_body},
};

/// The largest upload, in bytes.
const MAX_UPLOAD: usize = 1 << 20;

/// Selects a version of the logo.
#[derive(Debug, Clone, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogoVersion {
    /// The version that `logo_url` names. With it the response never changes and can be cached for
    /// ever; without it the current logo is returned.
    #[serde(default)]
    #[param(max_length = 60, example = "7d0f5e1c93a1b04c7d0f5e1c-5e1c93a1")]
    pub v: Option<String>,
}

/// The version in the URL of a logo.
pub fn version_of(address: &str) -> Option<&str> {
    address.rsplit_once("?v=").map(|(_, version)| version)
}

/// The path of a version in the file store.
fn file_of(organization: OrganizationId, partner: PartnerId, version: &str) -> Path {
    Path::from(format!("organizations/{organization}/partners/{partner}/logo/{version}"))
}

/// Get the logo of a partner
///
/// Returns a PNG of at most 512 pixels a side. `logo_url` contains a version, and the response for
/// a version never changes.
#[operation(
    get("/partners/{id}/logo"),
    tag(Partners),
    role(Viewer),
    scope(PartnersRead),
    etag,
    ok(media("image/*"))
)]
pub async fn get_partner_logo(
    context: RequestContext,
    id: web::Path<PartnerId>,
    query: Query<LogoVersion>,
) -> Result<Answer> {
    let partner = context.read(async |tx| partners::get(tx, *id).await).await?;
    let version =
        partner.summary.logo_url.as_deref().and_then(version_of).ok_or_else(Error::not_found)?;
    if query.v.as_deref().is_some_and(|asked| asked != version) {
        return Err(Error::not_found().into());
    }
    let file = file_of(context.caller.scope.organization, *id, version);
    let (_, stream) = context.state.files.stream(&file).await?;
    let bytes =
        stream.try_fold(Vec::new(), async |all, piece| Ok([all, piece.to_vec()].concat())).await?;
    let cache = if query.v.is_some() {
        "private, max-age=31536000, immutable"
    } else {
        "private, no-cache"
    };
    let kind = (header::CONTENT_TYPE.to_string(), "image/png".to_owned());
    let answer = Answer { status: 200, headers: vec![kind], body: bytes };
    Ok(answer
        .with(header::CACHE_CONTROL, cache.to_owned())
        .with(header::ETAG, format!("\"{version}\"")))
}

/// Upload a logo
///
/// PNG, JPEG or WebP, recognized by content, of at most 1 MiB. The picture is scaled to at most 512
/// pixels a side and encoded again without metadata.
#[operation(
    put("/partners/{id}/logo"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    if_match(Optional),
    body(media("image/*")),
    ok(Partner),
    errors(ImageUnreadable)
)]
pub async fn upload_partner_logo(
    context: RequestContext,
    id: web::Path<PartnerId>,
    payload: web::Payload,
) -> Result<Answer> {
    // Read the body even if the request will be refused: a connection with unread data cannot be
    // reused.
    let upload = read_body(context.headers(), payload.into_inner(), MAX_UPLOAD).await;
    let kind = context.header(header::CONTENT_TYPE).unwrap_or_default();
    if !kind.get(..6).is_some_and(|kind| kind.eq_ignore_ascii_case("image/")) {
        return Err(Error::of(Code::UnsupportedMediaType)
            .meta("allowed", ["image/*"].as_slice().into())
            .into());
    }
    let png = harmless(upload?).await?;
    let (files, organization) = (&context.state.files, context.caller.scope.organization);
    // Write the file before the row, so that a row never names a file that does not exist. After a
    // crash, housekeeping erases the unused file within a day.
    let path = keep(files, organization, *id, png).await?;
    let done = context
        .write(async |tx| {
            partners::set_logo(tx, *id, context.if_match, &path, LogoSource::Uploaded).await
        })
        .await;
    let (partner, before) = match done {
        Ok(done) => done,
        Err(failure) => {
            // After any other error the transaction may have been committed all the same.
            if matches!(failure.0, Error::Problem(_)) {
                erase(files, organization, *id, &path).await;
            }
            return Err(failure);
        }
    };
    // The same picture keeps its URL; then the new file is the unused one.
    let unused = if partner.summary.logo_url.as_deref() == Some(path.as_str()) {
        before
    } else {
        Some(path)
    };
    if let Some(address) = unused {
        erase(files, organization, *id, &address).await;
    }
    Ok(crate::resources::partners::answer(&partner))
}

/// Delete the logo of a partner
///
/// Does nothing if the partner has no logo.
#[operation(
    delete("/partners/{id}/logo"),
    tag(Partners),
    role(Member),
    scope(PartnersWrite),
    ok(Partner)
)]
pub async fn delete_partner_logo(
    context: RequestContext,
    id: web::Path<PartnerId>,
) -> Result<Answer> {
    let (partner, before) =
        context.write(async |tx| partners::remove_logo(tx, *id, context.if_match).await).await?;
    if let Some(address) = before {
        erase(&context.state.files, context.caller.scope.organization, *id, &address).await;
    }
    Ok(crate::resources::partners::answer(&partner))
}

/// Limits concurrent decoding, which takes much memory and time.
static PICTURES: Places = LazyLock::new(|| Semaphore::new(2));

/// Decodes an uploaded picture and encodes it as a logo.
pub async fn harmless(upload: Bytes) -> Result<Vec<u8>, Error> {
    heavy::run(&PICTURES, move || images::logo(&upload)).await?
}

/// A hash of the picture with a random suffix.
fn new_version(png: &[u8]) -> Result<String, Error> {
    // Concurrent uploads of the same picture get two files, so that erasing the unused one does not
    // erase the other.
    let mut own = [0u8; 4];
    getrandom::fill(&mut own).map_err(Error::internal)?;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Ok(format!("{}-{}", hex(&BodyDigest::of(png).0[..12]), hex(&own)))
}

/// Stores the bytes of a new logo and returns the path under which they are served.
pub async fn keep(
    files: &Files,
    organization: OrganizationId,
    partner: PartnerId,
    png: Vec<u8>,
) -> Result<String, Error> {
    let version = new_version(&png)?;
    files.put(&file_of(organization, partner, &version), png.into()).await?;
    Ok(format!("/v1/partners/{partner}/logo?v={version}"))
}

/// Erases the bytes behind a URL that no row names any more. Called after the commit: an error is
/// logged only, because the left-over file is not visible.
pub async fn erase(files: &Files, organization: OrganizationId, partner: PartnerId, address: &str) {
    let Some(version) = version_of(address) else { return };
    let file = file_of(organization, partner, version);
    if let Err(error) = files.delete(&file).await {
        tracing::warn!(%error, %file, "could not erase the file of an old logo");
    }
}
