//! Serves the OpenAPI document as JSON, as YAML, and as a page to read it and try operations.

use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{
        self, AcceptEncoding, ContentEncoding, ETag, Encoding, EntityTag, Header, IfNoneMatch,
    },
    web::{self, Bytes},
};
use operation_macros::operation;
use serde::Deserialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_swagger_ui::Config;

use crate::kernel::{
    heavy::{self, Places},
    problem::Result,
};

/// The document in the forms that are served, prepared at start-up.
#[derive(Debug)]
pub struct Documents {
    closed: Forms,
    /// The document with enums as plain strings, for generators whose clients refuse unknown
    /// values.
    open: Forms,
}

#[derive(Debug)]
struct Forms {
    json: RenderedDocument,
    yaml: RenderedDocument,
}

/// The requested form of the document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DocumentForm {
    /// `true` makes every enum a plain string that lists its values as `x-extensible-enum`.
    /// Generate clients from this form if they would refuse values that are added later.
    #[serde(default)]
    open_enums: bool,
}

#[derive(Debug)]
struct RenderedDocument {
    packed: Arc<CompressedBytes>,
    etag: EntityTag,
    kind: &'static str,
}

impl Documents {
    /// Prepares all forms of the finished document.
    pub fn of(document: &Json) -> Self {
        Self {
            closed: Forms::of(document),
            open: Forms::of(&crate::kernel::openapi::with_open_enums(document)),
        }
    }

    fn form(&self, form: &DocumentForm) -> &Forms {
        if form.open_enums { &self.open } else { &self.closed }
    }
}

impl Forms {
    fn of(document: &Json) -> Self {
        let yaml =
            serde_yaml_ng::to_string(document).expect("whatever is JSON can be written as YAML");
        Self {
            json: RenderedDocument::of(document.to_string(), "application/json"),
            yaml: RenderedDocument::of(yaml, "application/yaml"),
        }
    }
}

impl RenderedDocument {
    fn of(text: String, kind: &'static str) -> Self {
        let hash: String =
            Sha256::digest(&text).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let packed = Arc::new(CompressedBytes::of(text.into()));
        Self { packed, etag: EntityTag::new_strong(hash), kind }
    }

    async fn answer(&self, request: &HttpRequest) -> Result<HttpResponse> {
        let known = match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.etag)),
            Err(_) => false,
        };
        let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer
            .insert_header(ETag(self.etag.clone()))
            .insert_header((header::CACHE_CONTROL, "no-cache"));
        if known {
            Ok(answer.finish())
        } else {
            self.packed.answer(request, answer.content_type(self.kind)).await
        }
    }
}

/// Bytes that never change, compressed on the first request that accepts it.
#[derive(Debug)]
struct CompressedBytes {
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

/// Limits concurrent compression, which takes up to tenths of a second.
static PACKING: Places = LazyLock::new(|| Semaphore::new(1));

impl CompressedBytes {
    fn of(plain: Bytes) -> Self {
        Self { plain, gzip: OnceLock::new(), brotli: OnceLock::new() }
    }

    /// The body of a response, in an encoding that the client accepts.
    async fn answer(
        self: &Arc<Self>,
        request: &HttpRequest,
        answer: &mut HttpResponseBuilder,
    ) -> Result<HttpResponse> {
        let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        let chosen = AcceptEncoding::parse(request)
            .ok()
            .filter(|_| request.headers().contains_key(header::ACCEPT_ENCODING))
            .and_then(|accepted| accepted.negotiate(offered.iter()));
        answer.insert_header((header::VARY, "accept-encoding"));
        let (bytes, coding) = match chosen {
            Some(Encoding::Known(ContentEncoding::Brotli)) => {
                (self.once(|packed| &packed.brotli, brotli).await?, ContentEncoding::Brotli)
            }
            Some(Encoding::Known(ContentEncoding::Gzip)) => {
                (self.once(|packed| &packed.gzip, gzip).await?, ContentEncoding::Gzip)
            }
            _ => return Ok(answer.body(self.plain.clone())),
        };
        Ok(answer.insert_header(coding).body(bytes))
    }

    async fn once(
        self: &Arc<Self>,
        form: fn(&Self) -> &OnceLock<Bytes>,
        pack: fn(&[u8]) -> Vec<u8>,
    ) -> Result<Bytes> {
        if let Some(packed) = form(self).get() {
            return Ok(packed.clone());
        }
        let packed = Arc::clone(self);
        let pack = move || form(&packed).get_or_init(|| pack(&packed.plain).into()).clone();
        Ok(heavy::run(&PACKING, pack).await?)
    }
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    brotli::BrotliCompress(&mut &*plain, &mut packed, &parameters)
        .expect("a list of bytes can be written");
    packed
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(9));
    packed.write_all(plain).and_then(|()| packed.finish()).expect("a list of bytes can be written")
}

/// An OpenAPI 3.1 document.
#[derive(Debug, ToSchema)]
#[schema(value_type = Object, example = json!({
    "openapi": "3.1.0",
    "info": {"title": "partneros", "version": "1"}
}))]
pub struct OpenApiDocument(pub Json);

/// Get this document as JSON
///
/// The description of all operations, for client generators and for people.
#[operation(get("/openapi.json"), tag(Health), public, etag, ok(OpenApiDocument))]
pub async fn get_open_api_json(
    request: HttpRequest,
    form: web::Query<DocumentForm>,
    documents: web::Data<Documents>,
) -> Result<HttpResponse> {
    documents.form(&form).json.answer(&request).await
}

/// Get this document as YAML
///
/// The same as `/openapi.json`.
#[operation(get("/openapi.yaml"), tag(Health), public, etag, ok(media("application/yaml")))]
pub async fn get_open_api_yaml(
    request: HttpRequest,
    form: web::Query<DocumentForm>,
    documents: web::Data<Documents>,
) -> Result<HttpResponse> {
    documents.form(&form).yaml.answer(&request).await
}

/// The page at `/docs`. Everything that it loads comes from this server, so it works without other
/// hosts. Its routes are for people and not part of the document.
pub fn mount_page(cfg: &mut web::ServiceConfig) {
    let config = Config::new(["/openapi.json"])
        .deep_linking(true)
        .display_request_duration(true)
        // The badge of an external validator would be a request to another host.
        .validator_url("none");
    cfg.app_data(web::Data::new(Page { config: Arc::new(config), files: Mutex::default() }))
        .route(
            "/docs",
            web::get().to(async || {
                HttpResponse::PermanentRedirect()
                    .insert_header((header::LOCATION, "/docs/"))
                    .finish()
            }),
        )
        // Two plain patterns, because the middleware that counts requests warns about patterns with
        // regular expressions.
        .route(
            "/docs/",
            web::get().to(async |request: HttpRequest, page: web::Data<Page>| {
                page_file(request, page, "index.html").await
            }),
        )
        .route(
            "/docs/{file}",
            web::get().to(
                async |request: HttpRequest, page: web::Data<Page>, file: web::Path<String>| {
                    page_file(request, page, &file).await
                },
            ),
        );
}

async fn page_file(
    request: HttpRequest,
    page: web::Data<Page>,
    file: &str,
) -> Result<HttpResponse> {
    let Some((packed, kind)) = page.file(file) else {
        return Ok(HttpResponse::NotFound().finish());
    };
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY));
    packed.answer(&request, &mut answer).await
}

/// The files of the page, each compressed once.
struct Page {
    config: Arc<Config<'static>>,
    files: Mutex<HashMap<String, PageFile>>,
}

/// The bytes and media type of a file.
type PageFile = (Arc<CompressedBytes>, String);

impl Page {
    fn file(&self, name: &str) -> Option<PageFile> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = files.get(name) {
            return Some(known.clone());
        }
        let found = utoipa_swagger_ui::serve(name, Arc::clone(&self.config)).ok().flatten()?;
        let bytes = Bytes::from(found.bytes.into_owned());
        let file = (Arc::new(CompressedBytes::of(bytes)), found.content_type);
        files.insert(name.to_owned(), file.clone());
        Some(file)
    }
}

/// Allows nothing from other hosts. The page has inline styles and icons from `data:`.
const PAGE_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' \
    data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use actix_web::{App, test as http};
    use serde_json::json;
    use utoipa_actix_web::AppExt;

    use super::*;

    async fn call(
        request: http::TestRequest,
    ) -> actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody> {
        let documents = web::Data::new(Documents::of(&json!({"openapi": "3.1.0"})));
        let app = App::new().app_data(documents).configure(mount_page).into_utoipa_app();
        let app = app.configure(|cfg| {
            cfg.service(get_open_api_json).service(get_open_api_yaml);
        });
        let app = http::init_service(app.into_app()).await;
        http::call_service(&app, request.to_request()).await
    }

    fn header_of<B>(answer: &actix_web::dev::ServiceResponse<B>, name: &str) -> String {
        answer
            .headers()
            .get(name)
            .expect("the header is there")
            .to_str()
            .expect("it is ASCII")
            .to_owned()
    }

    fn get(path: &str) -> http::TestRequest {
        http::TestRequest::get().uri(path)
    }

    #[actix_web::test]
    async fn the_document_is_served_twice_and_not_again_to_who_has_it() {
        for (path, kind, text) in [
            ("/openapi.json", "application/json", r#"{"openapi":"3.1.0"}"#),
            ("/openapi.yaml", "application/yaml", "openapi: 3.1.0\n"),
        ] {
            let answer = call(get(path)).await;
            assert_eq!(header_of(&answer, "content-type"), kind);
            let etag = header_of(&answer, "etag");
            assert_eq!(http::read_body(answer).await, text);
            let again =
                call(get(path).insert_header(("If-None-Match", format!("W/\"x\", {etag}")))).await;
            assert_eq!((again.status().as_u16(), header_of(&again, "etag")), (304, etag));
            assert_eq!(
                call(get(path).insert_header(("If-None-Match", "\"x\""))).await.status(),
                200
            );
        }
    }

    #[actix_web::test]
    async fn what_never_changes_is_packed_as_the_client_takes_it() {
        for path in ["/openapi.json", "/docs/swagger-ui.css"] {
            let plain = http::read_body(call(get(path)).await).await;
            for (accepted, coding) in [
                ("gzip, br", "br"),
                ("br;q=0.5, gzip", "gzip"),
                ("gzip", "gzip"),
                ("identity", ""),
                ("*;q=0", ""),
                ("zstd", ""),
            ] {
                let answer = call(get(path).insert_header(("Accept-Encoding", accepted))).await;
                let sent = answer.headers().get("content-encoding");
                assert_eq!(sent.map_or("", |text| text.to_str().unwrap()), coding, "{accepted}");
                assert_eq!(header_of(&answer, "vary"), "accept-encoding");
                let body = http::read_body(answer).await;
                let mut unpacked = Vec::new();
                match coding {
                    "br" => brotli::BrotliDecompress(&mut &*body, &mut unpacked).unwrap(),
                    "gzip" => {
                        let mut reader = flate2::read::GzDecoder::new(&*body);
                        std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
                    }
                    _ => unpacked.extend_from_slice(&body),
                }
                assert_eq!(unpacked, plain, "{path} {accepted}");
            }
        }
    }

    #[actix_web::test]
    async fn the_page_has_all_that_it_names() {
        assert_eq!(header_of(&call(get("/docs")).await, "location"), "/docs/");
        let page = http::read_body(call(get("/docs/")).await).await;
        let page = std::str::from_utf8(&page).unwrap();
        let names =
            page.split(['"', '\'']).filter(|name| name.starts_with("./") || name.ends_with(".css"));
        for name in names {
            let file = call(get(&format!("/docs/{}", name.trim_start_matches("./")))).await;
            assert_eq!(file.status(), 200, "{name}");
        }
        assert!(!page.contains("http://") && !page.contains("https://"));
        assert_eq!(call(get("/docs/nothing.js")).await.status(), 404);
        assert_eq!(call(get("/docs/../openapi.json")).await.status(), 404);
        let settings = http::read_body(call(get("/docs/swagger-initializer.js")).await).await;
        assert!(std::str::from_utf8(&settings).unwrap().contains("/openapi.json"));
    }
}
