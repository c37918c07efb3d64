//! A file that is uploaded with a request (multipart/form-data), stored temporarily on this
//! machine.

use std::{
    cell::Cell,
    collections::HashMap,
    fs::File,
    io::Seek,
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_multipart::Multipart;
use actix_web::{HttpMessage, HttpRequest, error::PayloadError, http::header, web};
use domain::{Code, Error, FieldError, Result, ids::OrganizationId, quotas::Quota};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::{
    io::AsyncWriteExt,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use crate::kernel::request_body::{BodyDigest, late};

/// The largest upload, in bytes.
const MAX_FILE: u64 = 25 << 20;
/// The largest part other than the file, in bytes.
const MAX_OPTIONS: usize = 1 << 20;
/// The largest body: the file, the other part, and the separators.
const MAX_BODY: u64 = MAX_FILE + MAX_OPTIONS as u64 + (64 << 10);
/// The most parts that are read. A form has two.
const MAX_PARTS: usize = 10;
/// The minimum rate at which a body must arrive.
#[derive(Debug, Clone, Copy)]
struct Pace {
    patience: Duration,
    /// Every so many bytes add one second to the time limit.
    bytes_a_second: u64,
}

/// A slower client would occupy a connection and a temporary file; at this rate the largest file
/// takes 14 minutes.
const UPLOAD_PACE: Pace = Pace { patience: Duration::from_secs(30), bytes_a_second: 32 << 10 };

/// Concurrent uploads of one organization: each has a file in the temporary folder until it is
/// processed.
const AT_ONCE: usize = 8;
/// How long an upload waits for its slot. Its body is not read meanwhile.
const SLOT_TIMEOUT: Duration = Duration::from_secs(30);
/// Organizations without uploads that are kept in the map.
const IDLE: usize = 1_000;

/// The uploads in progress on this instance.
#[derive(Default)]
pub struct Uploads(Mutex<HashMap<OrganizationId, Arc<Semaphore>>>);

impl Uploads {
    /// Waits until the organization may upload; the slot is free again when the permit is dropped.
    ///
    /// # Errors
    /// `quota_exceeded` if no slot becomes free in time.
    pub async fn turn(&self, organization: OrganizationId) -> Result<OwnedSemaphorePermit> {
        let turns = {
            let mut turns = self.0.lock().expect("never poisoned");
            if turns.len() >= IDLE {
                turns.retain(|_, turns| Arc::strong_count(turns) > 1);
            }
            let new = || Arc::new(Semaphore::new(AT_ONCE));
            Arc::clone(turns.entry(organization).or_insert_with(new))
        };
        match tokio::time::timeout(SLOT_TIMEOUT, turns.acquire_owned()).await {
            Ok(turn) => turn.map_err(Error::internal),
            Err(_) => Err(Quota::Uploads.exceeded(AT_ONCE as i64 + 1, AT_ONCE as i64)),
        }
    }
}

/// An upload that was received.
pub struct Upload {
    /// The temporary file, positioned at its beginning. It is deleted when the handle is dropped.
    pub file: File,
    /// The size of the file.
    pub bytes: i64,
    /// The part `options`, as JSON in a form field or in a part with its own media type; empty if
    /// it is not expected.
    pub options: Vec<u8>,
    /// The digest of file and options, because the body has another boundary each time.
    pub sum: BodyDigest,
}

/// The form of an import, for the document.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "ImportForm")]
#[expect(dead_code, reason = "describes a form that is read part by part")]
pub struct ImportForm {
    /// The file: CSV, a JSON array, or JSON lines; at most 25 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The options of the import, as JSON.
    options: domain::imports::ImportOptions,
}

/// The form of a preview, for the document.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "ImportPreviewForm")]
#[expect(dead_code, reason = "describes a form that is read part by part")]
pub struct ImportPreviewForm {
    /// The file: CSV, a JSON array, or JSON lines; at most 25 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// The options of the import, as JSON; absent options are guessed.
    #[serde(default)]
    #[schema(value_type = domain::imports::ImportPreviewOptions, required = false)]
    options: Option<domain::imports::ImportPreviewOptions>,
}

/// Whether a form must have the part `options`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionsPart {
    Required,
    Optional,
}

fn broken(_: impl std::fmt::Display) -> Error {
    Error::new(Code::MalformedJson, "The multipart body is incomplete or malformed.")
}

/// Reads the parts `file` and `options` in any order.
///
/// # Errors
/// `unsupported_media_type`, `body_too_large`, `malformed_json`; `required` for a part that is
/// missing, `unknown_field` for others.
pub async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    options_part: OptionsPart,
) -> Result<Upload> {
    read_at(UPLOAD_PACE, request, payload, options_part).await
}

async fn read_at(
    pace: Pace,
    request: &HttpRequest,
    payload: web::Payload,
    options_part: OptionsPart,
) -> Result<Upload> {
    if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        return Err(Error::of(Code::UnsupportedMediaType)
            .meta("allowed", vec!["multipart/form-data"].into()));
    }
    let too_large = || Error::of(Code::BodyTooLarge).meta("max_bytes", MAX_FILE.into());
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|text| text.to_str().ok()?.parse::<u64>().ok());
    // Refuse before anything is read or written to the temporary folder.
    if announced.is_some_and(|length| length > MAX_FILE + MAX_OPTIONS as u64) {
        return Err(too_large());
    }
    let arrival = UploadProgress::starting_now(pace);
    let broken = |error| if arrival.is_too_large() { too_large() } else { broken(error) };
    let mut parts = Multipart::new(request.headers(), arrival.counted(payload));
    let (mut file, mut options, mut faults) = (None, None, Vec::new());
    let mut digest = Sha256::new();
    for _ in 0..MAX_PARTS {
        let Some(part) = arrival.in_time(parts.next()).await? else { break };
        let mut part = part.map_err(broken)?;
        match part.name().unwrap_or_default() {
            "file" if file.is_none() => {
                let copy = web::block(tempfile::tempfile).await.map_err(Error::internal)??;
                let mut copy = tokio::fs::File::from_std(copy);
                let mut length = 0;
                while let Some(piece) = arrival.in_time(part.next()).await? {
                    let piece = piece.map_err(broken)?;
                    length += piece.len() as u64;
                    if length > MAX_FILE {
                        return Err(too_large());
                    }
                    digest.update(&piece);
                    copy.write_all(&piece).await?;
                }
                copy.flush().await?;
                file = Some(copy.into_std().await);
            }
            "options" if options.is_none() => {
                let mut text = Vec::new();
                while let Some(piece) = arrival.in_time(part.next()).await? {
                    text.extend_from_slice(&piece.map_err(broken)?);
                    if text.len() > MAX_OPTIONS {
                        return Err(too_large());
                    }
                }
                options = Some(text);
            }
            other => faults.push(FieldError::at_pointer(
                "unknown_field",
                format!("#/{other}"),
                "is unknown or given twice",
            )),
        }
    }
    let is_required = options_part == OptionsPart::Required;
    for (part, missing) in [("file", file.is_none()), ("options", is_required && options.is_none())]
    {
        if missing {
            faults.push(FieldError::at_pointer("required", format!("#/{part}"), "is required"));
        }
    }
    let Some(mut file) = file.filter(|_| faults.is_empty()) else {
        return Err(Error::invalid(faults));
    };
    file.rewind()?;
    let bytes = file.metadata()?.len() as i64;
    let options = options.unwrap_or_default();
    // The length separates the end of the file from the beginning of the options.
    digest.update((options.len() as u64).to_le_bytes());
    digest.update(&options);
    Ok(Upload { file, bytes, options, sum: BodyDigest(digest.finalize().into()) })
}

/// The progress of a body: bytes received, and the deadline for the rest.
struct UploadProgress {
    pace: Pace,
    since: Instant,
    bytes: Rc<Cell<u64>>,
}

impl UploadProgress {
    fn starting_now(pace: Pace) -> Self {
        Self { pace, since: Instant::now(), bytes: Rc::default() }
    }

    /// Counts the bytes of a stream, and ends it with an error after more than [`MAX_BODY`].
    fn counted(
        &self,
        payload: web::Payload,
    ) -> impl Stream<Item = Result<web::Bytes, PayloadError>> + use<> {
        let bytes = Rc::clone(&self.bytes);
        payload.map(move |piece| {
            let piece = piece?;
            bytes.set(bytes.get() + piece.len() as u64);
            if bytes.get() > MAX_BODY { Err(PayloadError::Overflow) } else { Ok(piece) }
        })
    }

    fn is_too_large(&self) -> bool {
        self.bytes.get() > MAX_BODY
    }

    async fn in_time<T>(&self, next: impl Future<Output = T>) -> Result<T> {
        // Bytes extend the deadline, so that a large file on a slow line arrives and a stalled
        // upload ends.
        let earned = Duration::from_secs(self.bytes.get() / self.pace.bytes_a_second);
        let until = self.since + self.pace.patience + earned;
        tokio::time::timeout_at(until, next).await.map_err(|_| late())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{App, HttpResponse, HttpServer};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    const HEAD: &str = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\
        content-type: multipart/form-data; boundary=b\r\n\r\n";
    const PART: &str = "--b\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n";

    /// Answers an upload with its size, or with the code of its problem.
    async fn answer(request: HttpRequest, payload: web::Payload) -> HttpResponse {
        let pace = Pace { patience: Duration::from_millis(300), bytes_a_second: 1 << 10 };
        match read_at(pace, &request, payload, OptionsPart::Optional).await {
            Ok(upload) => HttpResponse::Ok().body(format!("{} bytes", upload.bytes)),
            Err(error) => HttpResponse::BadRequest().body(error.code().as_str()),
        }
    }

    /// Sends the beginning of an upload, then a piece every 10 milliseconds, until there is an
    /// answer.
    async fn sent(pieces: impl Iterator<Item = String>) -> String {
        let new = || App::new().default_service(web::to(answer));
        let server = HttpServer::new(new).workers(1).bind("127.0.0.1:0").unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let mut text = vec![0; 4096];
        let send = async {
            let mut beat = tokio::time::interval(Duration::from_millis(10));
            writer.write_all(HEAD.as_bytes()).await?;
            for piece in pieces {
                let chunk = format!("{:x}\r\n{piece}\r\n", piece.len());
                writer.write_all(chunk.as_bytes()).await?;
                beat.tick().await;
            }
            std::future::pending::<std::io::Result<()>>().await
        };
        let length = tokio::select! {
            // Nobody reads on: what was answered before is there nevertheless.
            Err(_) = send => reader.read(&mut text).await.unwrap(),
            length = reader.read(&mut text) => length.unwrap(),
        };
        handle.stop(false).await;
        String::from_utf8_lossy(&text[..length]).into_owned()
    }

    #[actix_web::test]
    async fn an_upload_that_drips_is_given_up() {
        let begun = Instant::now();
        let drops = std::iter::repeat_with(|| "x".to_owned());
        let answer = sent(std::iter::once(PART.to_owned()).chain(drops)).await;
        assert!(answer.ends_with(Code::RequestTimeout.as_str()), "{answer}");
        assert!(begun.elapsed() >= Duration::from_millis(300));
        assert!(begun.elapsed() < UPLOAD_PACE.patience, "{:?}", begun.elapsed());
    }

    #[actix_web::test]
    async fn an_upload_that_comes_is_taken() {
        let pieces = [PART, "name\n", &"x".repeat(5_000), "\r\n--b--\r\n", ""];
        let answer = sent(pieces.map(str::to_owned).into_iter()).await;
        assert!(answer.ends_with("5005 bytes"), "{answer}");
    }
}
