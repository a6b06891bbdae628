use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use hexado_domain::access::{RoleBook, RoleStore};
use hexado_domain::id::UserId;
use hexado_domain::identity::{
    AccountService, Doors, Epoch, IdentityPolicy, IdentityService, ImpersonationService, KeyPolicy, KeyService,
    MockAuthChanges, MockSigningKeyStore, MockTokenSigner, SessionId, SessionService, SignedIn, Signer, StepUpService,
    TokenError, TokenVerifier, TwoFactorService, User, UserService, UserStore, VerifiedToken,
};
use hexado_domain::testing::fixtures::{noon, signed_in, signing_key, user};
use hexado_domain::testing::{CountingEntropy, MockIdentity, identity_policy, no_blocks};

use super::unavailable;

/// The services over these identities, with one key, and a verifier of tokens `jwt.<user>.signed`.
pub(super) struct Services {
    pub(super) identity: Arc<IdentityService>,
    pub(super) doors: Arc<Doors>,
    pub(super) sessions: Arc<SessionService>,
    pub(super) accounts: Arc<AccountService>,
    pub(super) two_factor: Arc<TwoFactorService>,
    pub(super) impersonations: Arc<ImpersonationService>,
    pub(super) step_up: Arc<StepUpService>,
    pub(super) keys: Arc<KeyService>,
    pub(super) signer: Arc<dyn Signer>,
    pub(super) users: Arc<UserService>,
    pub(super) user_store: Arc<dyn UserStore>,
}

impl Services {
    pub(super) fn over(
        identity: MockIdentity,
        roles: Arc<dyn RoleStore>,
        book: Arc<RoleBook>,
        policy: IdentityPolicy,
    ) -> Self {
        let (ports, policy) = (identity.ports(), Arc::new(policy));
        let keys = Arc::new(keys(&ports.clock));
        let sessions = Arc::new(SessionService::new(ports.clone(), Arc::clone(&policy), Arc::clone(&keys)));
        let (verifier, changes) = (Arc::new(Verifier), Arc::new(MockAuthChanges::new()));
        let users = Arc::new(UserService::new(ports.clone(), roles, Arc::clone(&book)));
        let user_store = Arc::clone(&ports.users);
        let impersonations =
            ImpersonationService::new(ports.clone(), Arc::clone(&sessions), Arc::clone(&book), Arc::clone(&policy));
        let two_factor = Arc::new(TwoFactorService::new(ports.clone(), Arc::clone(&policy), no_blocks()));
        let identity =
            IdentityService::new(ports.clone(), verifier, changes, Arc::clone(&sessions), book, Arc::clone(&policy));
        Self {
            identity: Arc::new(identity),
            doors: Arc::new(Doors::new(ports.clone(), Arc::clone(&policy), no_blocks())),
            sessions,
            accounts: Arc::new(AccountService::new(ports.clone(), Arc::clone(&policy))),
            impersonations: Arc::new(impersonations),
            step_up: Arc::new(StepUpService::new(ports.clone(), policy, Arc::clone(&two_factor), no_blocks())),
            two_factor,
            keys,
            signer: ports.signer,
            users,
            user_store,
        }
    }
}

fn keys(clock: &Arc<dyn hexado_domain::clock::Clock>) -> KeyService {
    let mut store = MockSigningKeyStore::new();
    store.expect_all().returning(|| Ok(vec![signing_key("key-1")]));
    let mut signer = MockTokenSigner::new();
    signer.expect_sign().returning(|key, _| Ok(format!("{}.claims.signed", key.id)));
    let entropy = Arc::new(CountingEntropy::default());
    KeyService::new(Arc::new(store), Arc::new(signer), KeyPolicy::default(), Arc::clone(clock), entropy)
}

/// Ann, Bob and Root, an admin, are signed in, each with a session whose token is their name; nothing else is expected.
pub(crate) fn everybody() -> MockIdentity {
    let mut identity = MockIdentity::default();
    identity.sessions.expect_find().returning(|token, _| match token.as_str() {
        "unavailable" => Err(unavailable()),
        name @ ("ann" | "bob" | "root") => Ok(Some(SignedIn { user: somebody(name), ..signed_in(name) })),
        _ => Ok(None),
    });
    identity.users.expect_find().returning(|id| Ok((id.as_str() != "nobody").then(|| somebody(id.as_str()))));
    identity.callers.expect_find().returning(|_| None);
    identity.callers.expect_epoch().returning(Epoch::default);
    identity.callers.expect_keep().returning(|_, _, _| ());
    identity.callers.expect_forget().returning(|_| ());
    identity.signer.expect_sign().returning(signed);
    identity.signer.expect_unsign().returning(|text| {
        let text = text.replace("%2B", "+").replace("%3A", ":").replace("%3D", "=");
        let (value, _) = text.rsplit_once('.')?;
        (signed(value) == text).then(|| value.to_owned())
    });
    identity
}

fn somebody(name: &str) -> User {
    let role = (name == "root").then(|| "admin".to_owned());
    User { role, banned: name == "banned", ..user(name) }
}

/// What the tests' signer makes of a text.
pub(crate) fn signed(value: &str) -> String {
    format!("{value}.{:+<43}=", value.chars().rev().take(43).collect::<String>())
}

/// The `Cookie` header of a session.
pub(crate) fn cookie(token: &str) -> String {
    let value = signed(token).replace('+', "%2B").replace(':', "%3A").replace('=', "%3D");
    format!("better-auth.session_token={value}")
}

/// What comes after the user tells more: `ours`, or how many minutes before noon it was `issued-` or its user `authenticated-`.
struct Verifier;

#[async_trait]
impl TokenVerifier for Verifier {
    async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let mut parts = token.split('.').skip(1);
        let (name, more) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        match name {
            "expired" => Err(TokenError::Expired),
            "unavailable" => Err(TokenError::Unavailable("no key set".into())),
            "stalled" => pending().await,
            "ann" | "bob" | "root" | "banned" => Ok(verified(name, more)),
            _ => Err(TokenError::Invalid("the signature is wrong".into())),
        }
    }
}

fn verified(subject: &str, more: &str) -> VerifiedToken {
    let minutes_ago = |prefix| Some(noon() - TimeDelta::minutes(more.strip_prefix(prefix)?.parse().ok()?));
    let is_ours = more == "ours";
    VerifiedToken {
        issuer: if is_ours { identity_policy().origin } else { "https://issuer.example".to_owned() },
        subject: UserId::from_stored(subject),
        email: None,
        name: None,
        session_id: is_ours.then(|| SessionId::from_stored(format!("session-of-{subject}"))),
        issued_at: minutes_ago("issued-"),
        authenticated_at: minutes_ago("authenticated-"),
        amr: vec![],
        acr: None,
        expires_at: noon() + TimeDelta::hours(1),
    }
}
