//! Accounts, sessions and the keys of our tokens.

use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use hexado_crypto::cipher::Cipher;
use hexado_crypto::password::{HashingPool, HashingPoolOptions, PasswordHashing};
use hexado_crypto::{FactorVault, KeyVault, SecretSigner};
use hexado_domain::access::{RoleBook, RoleStore};
use hexado_domain::block::BlockService;
use hexado_domain::clock::Clock;
use hexado_domain::identity::{
    AccountService, AdminService, AuthChanges, CallerCache, Doors, IdentityPolicy, IdentityPorts, IdentityService,
    ImpersonationService, KeyService, PasswordHasher, SessionPolicy, SessionService, StepUpPolicy, StepUpService,
    TokenVerifier, TrustedOrigins, TwoFactorService, UserService, random,
};
use hexado_local::{OsEntropy, SystemClock};
use hexado_postgres::{
    PgAccountStore, PgAdminStore, PgAuthChanges, PgOutbox, PgSessionStore, PgSigningKeyStore, PgTwoFactorStore,
    PgUserStore, PgVerificationStore, Postgres,
};

use super::local_key::local_secret;
use crate::config::{Config, Mail, Secrets};

/// How long a mailed link works, as with Better Auth.
const LINK_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// The services of identity, which share their ports.
pub(crate) struct IdentityServices {
    pub(crate) identity: Arc<IdentityService>,
    pub(crate) doors: Arc<Doors>,
    pub(crate) sessions: Arc<SessionService>,
    pub(crate) accounts: Arc<AccountService>,
    pub(crate) users: Arc<UserService>,
    pub(crate) two_factor: Arc<TwoFactorService>,
    pub(crate) impersonations: Arc<ImpersonationService>,
    pub(crate) step_up: Arc<StepUpService>,
    pub(crate) keys: Arc<KeyService>,
    pub(crate) signer: Arc<SecretSigner>,
}

/// What tells who calls, and what they may do.
pub(crate) struct Callers {
    pub(crate) verifier: Arc<dyn TokenVerifier>,
    pub(crate) cache: Arc<dyn CallerCache>,
    pub(crate) roles: Arc<dyn RoleStore>,
    pub(crate) book: Arc<RoleBook>,
    pub(crate) blocks: Arc<BlockService>,
}

impl IdentityServices {
    pub(crate) fn new(config: &Config, postgres: &Postgres, callers: Callers, clock: Arc<dyn Clock>) -> Result<Self> {
        let Callers { verifier, cache, roles, book, blocks } = callers;
        let secrets = secrets(config)?;
        let signer = Arc::new(SecretSigner::new(secrets.current()));
        let cipher = Arc::new(cipher(&secrets));
        let ports = ports(postgres, Arc::clone(&signer), Arc::clone(&cipher), cache, Arc::clone(&clock))?;
        let policy = Arc::new(policy(config));
        let keys = Arc::new(KeyService::new(
            Arc::new(PgSigningKeyStore::new(postgres)),
            Arc::new(KeyVault::new(cipher, Arc::new(OsEntropy))),
            config.identity.keys,
            clock,
            Arc::new(OsEntropy),
        ));
        let sessions = Arc::new(SessionService::new(ports.clone(), Arc::clone(&policy), Arc::clone(&keys)));
        let impersonations =
            ImpersonationService::new(ports.clone(), Arc::clone(&sessions), Arc::clone(&book), Arc::clone(&policy));
        let changes: Arc<dyn AuthChanges> = Arc::new(PgAuthChanges::new(postgres));
        let users = UserService::new(ports.clone(), roles, Arc::clone(&book));
        let identity =
            IdentityService::new(ports.clone(), verifier, changes, Arc::clone(&sessions), book, Arc::clone(&policy));
        let two_factor = Arc::new(TwoFactorService::new(ports.clone(), Arc::clone(&policy), Arc::clone(&blocks)));
        Ok(Self {
            identity: Arc::new(identity),
            doors: Arc::new(Doors::new(ports.clone(), Arc::clone(&policy), Arc::clone(&blocks))),
            accounts: Arc::new(AccountService::new(ports.clone(), Arc::clone(&policy))),
            impersonations: Arc::new(impersonations),
            users: Arc::new(users),
            step_up: Arc::new(StepUpService::new(ports, policy, Arc::clone(&two_factor), blocks)),
            two_factor,
            sessions,
            keys,
            signer,
        })
    }
}

/// What makes admins, by itself: with threads of its own for the passwords, which end with it.
pub(crate) fn admins(postgres: &Postgres) -> Result<AdminService> {
    Ok(AdminService::new(
        Arc::new(PgAdminStore::new(postgres)),
        Arc::new(PgAccountStore::new(postgres)),
        passwords()?,
        Arc::new(SystemClock),
        Arc::new(OsEntropy),
    ))
}

fn ports(
    postgres: &Postgres,
    signer: Arc<SecretSigner>,
    cipher: Arc<Cipher>,
    callers: Arc<dyn CallerCache>,
    clock: Arc<dyn Clock>,
) -> Result<IdentityPorts> {
    Ok(IdentityPorts {
        users: Arc::new(PgUserStore::new(postgres)),
        sessions: Arc::new(PgSessionStore::new(postgres)),
        accounts: Arc::new(PgAccountStore::new(postgres)),
        verifications: Arc::new(PgVerificationStore::new(postgres)),
        two_factors: Arc::new(PgTwoFactorStore::new(postgres)),
        outbox: Arc::new(PgOutbox::new(postgres)),
        passwords: passwords()?,
        factors: Arc::new(FactorVault::new(cipher, Arc::new(OsEntropy))),
        signer,
        callers,
        clock,
        entropy: Arc::new(OsEntropy),
    })
}

/// Hashes passwords on threads of its own.
pub(crate) fn passwords() -> Result<Arc<dyn PasswordHasher>> {
    let pool = HashingPool::start(&HashingPoolOptions::default()).context("no threads for hashing passwords")?;
    Ok(Arc::new(PasswordHashing::new(Arc::new(pool), Arc::new(OsEntropy))))
}

fn policy(config: &Config) -> IdentityPolicy {
    let identity = &config.identity;
    IdentityPolicy {
        sessions: SessionPolicy { lifetime: identity.session_lifetime, ..SessionPolicy::default() },
        step_up: StepUpPolicy { max_age: identity.step_up_max_age },
        token_lifetime: identity.token_lifetime,
        app_name: identity.app_name.clone(),
        origin: config.http.public_origin.clone(),
        trusted: TrustedOrigins::new(config.guards.trusted_origins.clone()),
        verified_email: identity.verified_email,
        mail: !matches!(config.mail, Mail::Off),
        link_lifetime: LINK_LIFETIME,
    }
}

/// Where nobody signs in here and no secret was given, one that nobody knows.
fn secrets(config: &Config) -> Result<Secrets> {
    match &config.identity.secrets {
        Some(secrets) => Ok(secrets.clone()),
        None if config.identity.builtin => local_secret(&config.data_dir).map(Secrets::One),
        None => Ok(Secrets::One(random::text(&OsEntropy, random::LETTERS_AND_DIGITS, 64).into())),
    }
}

fn cipher(secrets: &Secrets) -> Cipher {
    match secrets {
        Secrets::One(secret) => Cipher::new(secret),
        Secrets::Numbered { current: (number, secret), older, unnumbered } => {
            let older = older.iter().map(|(number, secret)| (*number, secret));
            Cipher::with_numbered_secrets((*number, secret), older, unnumbered.as_ref())
        }
    }
}
