//! Prometheus metrics, on a separate listener.

use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use actix_web_prom::{
    ActixMetricsConfiguration, LabelsConfiguration, PrometheusMetrics, PrometheusMetricsBuilder,
};
use anyhow::Context;
use prometheus::{Encoder, IntGauge, Opts, Registry, TextEncoder};
use tokio::task::JoinHandle;

use crate::kernel::{config::Settings, state::State};

/// Starts the listener if one is configured. The middleware counts requests by method, route and
/// status.
///
/// # Errors
/// The address is not available.
pub fn start(
    settings: &Settings,
    state: web::Data<State>,
    background: &mut Vec<JoinHandle<()>>,
) -> anyhow::Result<PrometheusMetrics> {
    let registry = Registry::new();
    let labels = LabelsConfiguration::default().endpoint("route");
    let requests = PrometheusMetricsBuilder::new("partneros")
        .registry(registry.clone())
        .mask_unmatched_patterns("none")
        .metrics_configuration(ActixMetricsConfiguration::default().labels(labels))
        .build()
        .map_err(|error| anyhow::anyhow!("metrics cannot be created: {error}"))?;
    let Some(address) = settings.metrics_listen else { return Ok(requests) };
    let gauge = |name: &str, help: &str| -> anyhow::Result<IntGauge> {
        let gauge = IntGauge::with_opts(Opts::new(name, help).namespace("partneros"))?;
        registry.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    };
    let connections = gauge("database_connections", "Open connections of the pool")?;
    let idle = gauge("database_connections_idle", "Idle connections of the pool")?;
    let waiting = gauge("tasks_waiting", "Tasks of the queue that are due")?;
    let dead = gauge("tasks_dead", "Tasks of the queue that have failed permanently")?;
    let age = gauge("tasks_oldest_seconds", "Age of the oldest task that is due")?;
    background.push(tokio::spawn(async move {
        let mut often = tokio::time::interval(Duration::from_secs(5));
        loop {
            often.tick().await;
            let (all, free) = state.store.pool_status();
            connections.set(all as i64);
            idle.set(free as i64);
            if let Ok(queue) = persistence::tasks::measure(&state.store).await {
                waiting.set(queue.waiting);
                dead.set(queue.dead);
                age.set(queue.oldest_seconds);
            }
        }
    }));
    let server = HttpServer::new(move || {
        App::new().app_data(web::Data::new(registry.clone())).route("/metrics", web::get().to(show))
    })
    .workers(1)
    .disable_signals()
    .bind(address)
    .with_context(|| format!("cannot listen on {address} (PARTNEROS_METRICS_LISTEN)"))?
    .run();
    background.push(tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the metrics listener failed");
        }
    }));
    Ok(requests)
}

async fn show(registry: web::Data<Registry>) -> HttpResponse {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&registry.gather(), &mut text) {
        Ok(()) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}
