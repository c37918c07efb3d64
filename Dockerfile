# The server alone: it needs a PostgreSQL beside it (docker-compose.yml has one).

FROM rust:1.95-bookworm AS build
# What the image holds, instead of fetching the formatter and the linter that rust-toolchain.toml asks for.
ENV RUSTUP_TOOLCHAIN=1.95.0
# What /version says; the repository's history is not in the image.
ARG PARTNEROS_COMMIT
ENV PARTNEROS_COMMIT=${PARTNEROS_COMMIT}
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --workspace --bin partneros \
    && install target/release/partneros /usr/local/bin/partneros

FROM debian:bookworm-slim
# Certificates for TLS to the database and to others; curl for the health check.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/partneros --create-home partneros
COPY --from=build /usr/local/bin/partneros /usr/local/bin/partneros
USER partneros
ENV PARTNEROS_LISTEN=0.0.0.0:8080 \
    PARTNEROS_DATA_DIR=/var/lib/partneros
VOLUME /var/lib/partneros
EXPOSE 8080
# Alive, not ready: a server that waits for its database must not be restarted for that.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["partneros"]
CMD ["serve"]
