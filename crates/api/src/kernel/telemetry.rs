//! Logs, traces and metrics for operators. They never contain a secret, a body or personal data.

use std::io::IsTerminal;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
};
use domain::events::request_id;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Level, Metadata, Span, field::Empty};
use tracing_actix_web::{RequestId, RootSpanBuilder};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    EnvFilter, Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::kernel::config::{LogFormat, Settings};

/// Exports traces; the rest is sent when it is dropped.
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Starts logs, and traces if an endpoint is set. Once per process; a second call has no
    /// effect.
    ///
    /// # Errors
    /// The exporter of traces cannot be created.
    pub fn start(settings: &Settings) -> anyhow::Result<Self> {
        // The library warns about every route with a pattern, and all routes here have one.
        let filter = EnvFilter::try_new(&settings.log)?
            .add_directive("actix_web_prom=error".parse().expect("this is a directive"));
        let format = settings.log_format.unwrap_or(if std::io::stderr().is_terminal() {
            LogFormat::Text
        } else {
            LogFormat::Json
        });
        let lines = match format {
            LogFormat::Text => tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .with_target(false)
                .boxed(),
            LogFormat::Json => tracing_subscriber::fmt::layer()
                .json()
                .with_writer(std::io::stderr)
                .with_span_list(false)
                .flatten_event(true)
                .boxed(),
        };
        let provider = settings.otlp_endpoint.as_deref().map(tracer).transpose()?;
        let traces = provider
            .as_ref()
            .map(|p| tracing_opentelemetry::layer().with_tracer(p.tracer("partneros")));
        if provider.is_some() {
            opentelemetry::global::set_text_map_propagator(
                opentelemetry_sdk::propagation::TraceContextPropagator::new(),
            );
        }
        tracing_subscriber::registry()
            .with(filter_fn(carries_no_values))
            .with(filter)
            .with(lines)
            .with(traces)
            .try_init()
            .ok();
        Ok(Self(provider))
    }
}

/// Whether a log line is safe: below INFO these libraries log the values of statements, mails and
/// headers, whatever filter the operator sets.
fn carries_no_values(line: &Metadata<'_>) -> bool {
    const CARRIERS: [&str; 8] = [
        "tokio_postgres",
        "diesel",
        "lettre",
        "hyper",
        "h2",
        "reqwest",
        "async_openai",
        "actix_http",
    ];
    let is_carrier = CARRIERS.iter().any(|name| {
        line.target()
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || rest.starts_with('_'))
    });
    !is_carrier || *line.level() <= Level::INFO
}

fn tracer(endpoint: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("partneros").build())
        .build())
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take() {
            // The endpoint may be unreachable. Spans that could not be sent are lost, and logging
            // has ended.
            let _ = provider.shutdown();
        }
    }
}

/// The span of a request: method, route, status, ids. No URL, query or user agent.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let route = request.match_pattern().unwrap_or_else(|| "none".into());
        let id = request.extensions().get::<RequestId>().map(|id| request_id(**id));
        let span = tracing::info_span!(
            "request",
            otel.name = %format_args!("{} {route}", request.method()),
            otel.kind = "server",
            otel.status_code = Empty,
            method = %request.method(),
            route,
            request_id = id,
            status = Empty,
            organization = Empty,
            actor = Empty,
        );
        let caller =
            opentelemetry::global::get_text_map_propagator(|p| p.extract(&Headers(request)));
        // Fails only if no traces are collected.
        let _ = span.set_parent(caller);
        span
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        let Ok(response) = outcome else { return };
        let status = response.status().as_u16();
        span.record("status", status);
        span.record("otel.status_code", if status < 500 { "OK" } else { "ERROR" });
    }
}

/// Reads an incoming `traceparent`.
struct Headers<'a>(&'a ServiceRequest);

impl opentelemetry::propagation::Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.headers().get(key)?.to_str().ok()
    }
    fn keys(&self) -> Vec<&str> {
        self.0.headers().keys().map(|name| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::Subscriber;

    use super::*;

    /// Keeps the targets of the lines that come through.
    struct LogBuffer(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for LogBuffer {
        fn on_event(
            &self,
            event: &tracing::Event<'_>,
            _: tracing_subscriber::layer::Context<'_, S>,
        ) {
            self.0.lock().unwrap().push(event.metadata().target().to_owned());
        }
    }

    #[test]
    fn whoever_asks_for_everything_sees_no_values_of_statements() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry()
            .with(filter_fn(carries_no_values))
            .with(EnvFilter::new("trace,tokio_postgres::query=trace"))
            .with(LogBuffer(kept.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "tokio_postgres::query", "values");
            tracing::trace!(target: "tokio_postgres", "values");
            tracing::debug!(target: "hyper_util::client", "headers");
            tracing::warn!(target: "tokio_postgres::connection", "a connection broke");
            tracing::debug!(target: "hypernym", "another crate");
            tracing::trace!(target: "persistence::worker", "ours");
        });
        let kept = kept.lock().unwrap().clone();
        assert_eq!(kept, ["tokio_postgres::connection", "hypernym", "persistence::worker"]);
    }
}
