# docker build --target lint .   the checks that need no database
# docker build --target test .   the tests
# docker build --tag hexado .    the server, configured by environment variables (docs/configuration.md)

FROM rust:1.95-bookworm AS toolchain
WORKDIR /src

FROM toolchain AS source
COPY . .

FROM source AS lint
RUN rustup component add clippy rustfmt
RUN cargo xtask ci fmt tidy clippy

FROM source AS test
RUN cargo xtask test

# Without the private Postgres of development.
FROM toolchain AS build
COPY Cargo.toml Cargo.lock ./
COPY crates crates
COPY migrations migrations
COPY xtask xtask
RUN cargo build --locked --release --package hexado-server --no-default-features

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/hexado hexado
COPY --from=build /src/target/release/hexado /usr/local/bin/hexado
ENV ENVIRONMENT=production HOST=0.0.0.0 PORT=8000
# By number, so that Kubernetes can tell that it is not root.
USER 10001
WORKDIR /var/lib/hexado
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["hexado", "health"]
ENTRYPOINT ["hexado"]
CMD ["run"]
