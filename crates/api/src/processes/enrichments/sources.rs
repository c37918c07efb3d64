//! The sources of enrichment: the website at a partner's domain, and the company-data source of the
//! deployment.

use std::time::{Duration, Instant};

use domain::{
    Code, Error, Result, enrichments::Findings, ids::OrganizationId, jobs::JobType,
    partners::LogoSource,
};
use futures_util::future::join;
use persistence::enrichments::{EnrichmentFindings, EnrichmentTarget, SourceAnswer};
use reqwest::Url;
use serde_json::{Map, Value, json};

use super::website;
use crate::{
    kernel::{
        config::Settings,
        files::Files,
        outgoing::{AddressPolicy, FetchedPage, Limits, Outgoing, RequestError},
    },
    resources::logos,
};

/// The limits of one request.
const LIMITS: Limits = Limits { time: Duration::from_secs(5), bytes: 1 << 20, redirects: 3 };
/// The time limit for all pictures of a page together.
const PICTURES: Duration = Duration::from_secs(10);

const PAGE: &str = "text/html, application/xhtml+xml;q=0.9";
const PICTURE: &str = "image/png, image/webp, image/jpeg";

/// The sources of facts about companies.
pub struct Sources {
    websites: Outgoing,
    company_data: Option<CompanyData>,
}

/// A source that the operator has configured. It may have a private address.
struct CompanyData {
    http: Outgoing,
    /// A URL with `{domain}`. It may contain a secret, so it is never shown.
    template: String,
}

impl Sources {
    /// Creates the sources of this deployment.
    ///
    /// # Errors
    /// No HTTP client can be created.
    pub fn new(settings: &Settings) -> anyhow::Result<Self> {
        let reach = if settings.allow_private_urls {
            AddressPolicy::Anywhere
        } else {
            AddressPolicy::Public
        };
        let company_data = match &settings.company_data_url {
            Some(template) => Some(CompanyData {
                http: Outgoing::new(AddressPolicy::Anywhere, &settings.hosts)?,
                template: template.clone(),
            }),
            None => None,
        };
        Ok(Self { websites: Outgoing::new(reach, &settings.hosts)?, company_data })
    }

    /// Collects facts about a partner. Failures of the sources are part of the result.
    ///
    /// # Errors
    /// A logo cannot be stored.
    pub async fn visit(
        &self,
        files: &Files,
        organization: OrganizationId,
        kind: JobType,
        due: EnrichmentTarget,
    ) -> Result<EnrichmentFindings> {
        let EnrichmentTarget { partner, domain, logo_source, website, company_data } = due;
        let mut visit =
            EnrichmentFindings { partner, domain, website: None, company_data: None, logo: None };
        let Some(domain) = visit.domain.as_deref() else { return Ok(visit) };
        let wants_logo = match kind {
            JobType::LogoFetch => true,
            // Cached findings: their logo was stored when they were found.
            _ => {
                logo_source != Some(LogoSource::Uploaded)
                    && (website.is_none() || logo_source.is_none())
            }
        };
        let (mut website, company_data) = match kind {
            JobType::LogoFetch => (source_answer(self.website(domain).await), None),
            _ => {
                join(self.ask_website(domain, website), self.ask_company_data(domain, company_data))
                    .await
            }
        };
        if wants_logo && let Ok(findings) = &mut website.findings {
            visit.logo = match self.logo(&findings.pictures).await {
                Some(Ok((picture, png))) => {
                    findings.pictures = vec![picture];
                    Some(Ok(logos::keep(files, organization, partner, png).await?))
                }
                Some(Err(error)) => {
                    findings.pictures.clear();
                    Some(Err(error))
                }
                None if kind == JobType::LogoFetch => {
                    let detail = format!("`{domain}` has no picture that can be used as a logo.");
                    Some(Err(Error::new(Code::FetchFailed, detail)))
                }
                None => None,
            };
        }
        if kind == JobType::LogoFetch {
            visit.logo = visit.logo.or_else(|| website.findings.err().map(Err));
            return Ok(visit);
        }
        (visit.website, visit.company_data) = (Some(website), company_data);
        Ok(visit)
    }

    async fn ask_website(&self, domain: &str, known: Option<Findings>) -> SourceAnswer {
        match known {
            Some(findings) => SourceAnswer { findings: Ok(findings), just_now: false },
            None => source_answer(self.website(domain).await),
        }
    }

    async fn ask_company_data(
        &self,
        domain: &str,
        known: Option<Findings>,
    ) -> Option<SourceAnswer> {
        let source = self.company_data.as_ref()?;
        Some(match known {
            Some(findings) => SourceAnswer { findings: Ok(findings), just_now: false },
            None => source_answer(source.ask(domain).await),
        })
    }

    /// Reads the first page of a website. If https does not answer, plain http and the name with
    /// `www.` are tried.
    async fn website(&self, domain: &str) -> Result<Findings> {
        let since = Instant::now();
        let mut answer = Err(RequestError::Unreachable("cannot be reached".to_owned()));
        for start in ["https://", "http://", "https://www.", "http://www."] {
            // All attempts share one time limit, so that a domain that never answers does not take
            // four times as long.
            let Some(time) = LIMITS.time.checked_sub(since.elapsed()) else { break };
            let url = Url::parse(&format!("{start}{domain}/")).map_err(Error::internal)?;
            answer = self.websites.get(url, PAGE, Limits { time, ..LIMITS }).await;
            if !matches!(answer, Err(RequestError::Unreachable(_))) {
                break;
            }
        }
        let page = answer.and_then(|page| {
            expect_kind(page, |kind| matches!(kind, "text/html" | "application/xhtml+xml"))
        });
        let page = page.map_err(|trouble| trouble.of(format!("`{domain}`")))?;
        // Parse outside of the async threads, because it may take long.
        let read = move || website::read(&page.body, page.content_type.as_deref(), &page.url);
        let site = tokio::task::spawn_blocking(read).await.map_err(Error::internal)?;
        Ok(Findings {
            values: site
                .description
                .map(|text| ("description".to_owned(), json!(text)))
                .into_iter()
                .collect(),
            title: site.title,
            language: site.language,
            pictures: site.pictures.into_iter().map(String::from).collect(),
            ..Findings::default()
        })
    }

    /// Returns the first picture that can be used as a logo, or the reason why the first cannot;
    /// `None` if there are no pictures.
    async fn logo(&self, pictures: &[String]) -> Option<Result<(String, Vec<u8>)>> {
        let since = Instant::now();
        let mut first: Option<Error> = None;
        for picture in pictures {
            let Some(left) = PICTURES.checked_sub(since.elapsed()) else { break };
            match self.picture(picture, left.min(LIMITS.time)).await {
                Ok(png) => return Some(Ok((picture.clone(), png))),
                Err(error) => first = first.or(Some(error)),
            }
        }
        first.map(Err)
    }

    async fn picture(&self, address: &str, time: Duration) -> Result<Vec<u8>> {
        let url = Url::parse(address).map_err(Error::internal)?;
        let answer = self.websites.get(url, PICTURE, Limits { time, ..LIMITS }).await;
        let answer = answer.and_then(|answer| {
            expect_kind(answer, |kind| {
                kind.starts_with("image/") || kind.ends_with("/octet-stream")
            })
        });
        let shown: String = address.chars().take(200).collect();
        let answer = answer.map_err(|trouble| trouble.of(format!("`{shown}`")))?;
        logos::harmless(answer.body.into()).await
    }
}

impl CompanyData {
    async fn ask(&self, domain: &str) -> Result<Findings> {
        const NAME: &str = "The company-data source";
        let url =
            Url::parse(&self.template.replace("{domain}", domain)).map_err(Error::internal)?;
        let answer = self
            .http
            .get(url, "application/json", LIMITS)
            .await
            .map_err(|trouble| trouble.of(NAME))?;
        match serde_json::from_slice::<Map<String, Value>>(&answer.body) {
            Ok(facts) => Ok(Findings::of_company_data(&facts)),
            Err(_) => {
                Err(RequestError::Failed("did not answer with a JSON object".to_owned()).of(NAME))
            }
        }
    }
}

fn source_answer(findings: Result<Findings>) -> SourceAnswer {
    SourceAnswer { findings, just_now: true }
}

/// Accepts a response of the expected media type, or one without a media type.
fn expect_kind(
    answer: FetchedPage,
    fits: impl Fn(&str) -> bool,
) -> Result<FetchedPage, RequestError> {
    match answer.media_type().filter(|kind| !kind.is_empty() && !fits(kind)) {
        None => Ok(answer),
        Some(kind) => {
            let kind: String = kind.chars().take(60).collect();
            Err(RequestError::Failed(format!(
                "answered with the media type `{kind}`, which is not \
                                              supported here"
            )))
        }
    }
}
