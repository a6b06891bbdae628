//! Which adapter serves which port.

mod background;
mod database;
mod identity;
mod local_key;
pub(crate) mod schema;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use hexado_crypto::Sha256ChainHasher;
use hexado_domain::access::{RoleBook, RoleService};
use hexado_domain::audit::AuditService;
use hexado_domain::block::BlockService;
use hexado_domain::clock::Clock;
use hexado_domain::identity::TrustedOrigins;
use hexado_domain::task::TaskService;
use hexado_domain::task::share::ShareService;
use hexado_jwks::{Expected, Hs256Mode, Hs256Options, IssuerOptions, JwtVerifier, KeySource};
use hexado_local::{CallerCacheOptions, LocalCallerCache, LocalRateLimiter, OsEntropy, SystemClock};
use hexado_postgres::{PgAuditLog, PgBlockStore, PgProbe, PgRoleStore, PgTaskStore, PgUserStore, Postgres};
use hexado_web::{Deps, Readiness};
use url::Url;

pub(crate) use background::{Background, background};
pub(crate) use database::DatabaseServer;
pub(crate) use identity::{admins, passwords};
pub(crate) use local_key::local_key;

use crate::config::{Config, ExpectedClaims, Tokens};
use crate::metrics::Adapters;
use identity::{Callers, IdentityServices};

/// How long an answer may take, without the arrival of the request.
const DEADLINE: Duration = Duration::from_secs(5);

/// Everything that the web server calls, and those of it that tell how busy they are.
pub(crate) fn deps(config: &Config, postgres: &Postgres, readiness: Arc<Readiness>) -> Result<(Deps, Adapters)> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let key = config.has_local_key().then(|| local_key(&config.data_dir)).transpose()?;
    let callers = Arc::new(LocalCallerCache::new(&CallerCacheOptions::default(), Arc::clone(&clock)));
    let limiter = Arc::new(LocalRateLimiter::new(Arc::clone(&clock)));
    let verifier = Arc::new(verifier(config, Arc::clone(&clock))?);
    let adapters = Adapters {
        postgres: postgres.clone(),
        verifier: Arc::clone(&verifier),
        callers: Arc::clone(&callers),
        limiter: Arc::clone(&limiter),
    };
    let role_store = Arc::new(PgRoleStore::new(postgres));
    let book = Arc::new(RoleBook::new(Arc::clone(&role_store) as _));
    let blocks = Arc::new(BlockService::new(
        Arc::new(PgBlockStore::new(postgres)),
        Arc::clone(&limiter) as _,
        Arc::clone(&clock),
        config.guards.address_blocking,
    ));
    let callers = Callers {
        verifier,
        cache: callers,
        roles: Arc::clone(&role_store) as _,
        book: Arc::clone(&book),
        blocks: Arc::clone(&blocks),
    };
    let services = IdentityServices::new(config, postgres, callers, Arc::clone(&clock))?;
    let (tasks, users) = (Arc::new(PgTaskStore::new(postgres)), Arc::new(PgUserStore::new(postgres)));
    let deps = Deps {
        tasks: Arc::new(TaskService::new(tasks.clone(), Arc::clone(&clock))),
        shares: Arc::new(ShareService::new(tasks.clone(), tasks, users, Arc::clone(&clock))),
        roles: Arc::new(RoleService::new(role_store, book, Arc::clone(&clock))),
        identity: services.identity,
        doors: services.doors,
        sessions: services.sessions,
        accounts: services.accounts,
        users: services.users,
        two_factor: services.two_factor,
        impersonations: services.impersonations,
        step_up: services.step_up,
        keys: services.keys,
        audit: Arc::new(audit_log(postgres)),
        blocks,
        signer: services.signer,
        entropy: Arc::new(OsEntropy),
        database: Arc::new(PgProbe::new(postgres)),
        limiter,
        clock,
        readiness,
        key_set: key.map(|key| key.key_set().into()),
    };
    Ok((deps, adapters))
}

pub(crate) fn audit_log(postgres: &Postgres) -> AuditService {
    AuditService::new(Arc::new(PgAuditLog::new(postgres)), Arc::new(Sha256ChainHasher))
}

pub(crate) fn web_options(config: &Config) -> hexado_web::Options {
    hexado_web::Options {
        public_origin: config.http.public_origin.clone(),
        cors_origins: config.http.cors_origins.clone(),
        trusted_origins: TrustedOrigins::new(config.guards.trusted_origins.clone()),
        cookies: config.identity.cookies.clone(),
        builtin_identity: config.identity.builtin,
        identity_server: config.identity.server.clone(),
        auth_rate_limit: config.identity.auth_rate_limit,
        require_verified_email: config.identity.verified_email.is_needed_to_sign_in(),
        trusted_proxies: config.guards.trusted_proxies.clone(),
        rate_limit_per_minute: config.guards.rate_limit_per_minute,
        api_docs: config.http.api_docs,
        reveal_causes: config.reveal_causes,
        deadline: DEADLINE,
    }
}

fn verifier(config: &Config, clock: Arc<dyn Clock>) -> Result<JwtVerifier> {
    let Tokens { key_set, hs256 } = &config.tokens;
    let mut options = hexado_jwks::Options::default();
    options.issuers.extend(key_set.iter().map(|set| issuer(set.url.clone(), &set.claims)));
    if config.identity.builtin || config.has_local_key() {
        // Our own keys are fetched like everybody else's.
        let url = Url::parse(&format!("http://{}/api/auth/jwks", config.http.address.local()))?;
        options.issuers.push(issuer(url, &ExpectedClaims::all(&config.http.public_origin)));
    }
    options.hs256 = hs256.as_ref().map(|hs256| Hs256Options {
        secret: hs256.secret.clone(),
        mode: hs256.claims.as_ref().map_or(Hs256Mode::SubOnly, |claims| Hs256Mode::On(expected(claims))),
    });
    Ok(JwtVerifier::new(options, clock, &OsEntropy)?)
}

fn issuer(url: Url, claims: &ExpectedClaims) -> IssuerOptions {
    IssuerOptions { keys: KeySource::Url(url), expected: expected(claims) }
}

fn expected(claims: &ExpectedClaims) -> Expected {
    Expected { issuer: claims.issuer.clone().into(), audience: claims.audience.clone().into() }
}
