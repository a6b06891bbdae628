use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hexado_domain::access::RoleService;
use hexado_domain::audit::AuditService;
use hexado_domain::block::BlockService;
use hexado_domain::clock::Clock;
use hexado_domain::entropy::Entropy;
use hexado_domain::health::Probe;
use hexado_domain::identity::{
    AccountService, Doors, IdentityService, ImpersonationService, KeyService, SessionService, Signer, StepUpService,
    TrustedOrigins, TwoFactorService, UserService,
};
use hexado_domain::limit::RateLimiter;
use hexado_domain::task::TaskService;
use hexado_domain::task::share::ShareService;
use ipnet::IpNet;
use tokio::sync::SemaphorePermit;

use crate::auth_paths;
use crate::cookies::CookieOptions;
use crate::known_paths::KnownPaths;
use crate::metrics::HttpMetrics;
use crate::middleware::{Gate, GateBounds, RateLimit, SecurityHeaders};
use crate::problem::Problem;
use crate::readiness::Readiness;
use crate::refusals::Refusals;

/// Everything that handlers need from the rest of the program.
#[derive(Clone)]
pub struct Deps {
    pub tasks: Arc<TaskService>,
    pub shares: Arc<ShareService>,
    pub roles: Arc<RoleService>,
    pub identity: Arc<IdentityService>,
    pub doors: Arc<Doors>,
    pub sessions: Arc<SessionService>,
    pub accounts: Arc<AccountService>,
    pub users: Arc<UserService>,
    pub two_factor: Arc<TwoFactorService>,
    pub impersonations: Arc<ImpersonationService>,
    pub step_up: Arc<StepUpService>,
    pub keys: Arc<KeyService>,
    pub audit: Arc<AuditService>,
    pub blocks: Arc<BlockService>,
    /// Signs cookies.
    pub signer: Arc<dyn Signer>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub database: Arc<dyn Probe>,
    pub limiter: Arc<dyn RateLimiter>,
    pub readiness: Arc<Readiness>,
    /// The JSON Web Key Set of the key for development, if there is one; it is published beside the keys of the store.
    pub key_set: Option<Arc<str>>,
}

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Scheme, host and port under which clients reach us, such as `https://api.example.com`.
    pub public_origin: String,
    /// Origins whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Pages that may change something with a cookie, and that redirects may lead to.
    pub trusted_origins: TrustedOrigins,
    pub cookies: CookieOptions,
    /// Whether people sign up and sign in here. If not, these routes are not there.
    pub builtin_identity: bool,
    /// If not, the origin of the server where they do; `None` if it is not known.
    pub identity_server: Option<String>,
    /// Whether one address may sign in, sign up and ask for mails only so often.
    pub auth_rate_limit: bool,
    /// Whether only verified addresses may sign in.
    pub require_verified_email: bool,
    /// Proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Requests a minute of one user, and of one address without a good credential; `None` for any number.
    pub rate_limit_per_minute: Option<u32>,
    /// Whether Swagger UI and the OpenAPI document are served.
    pub api_docs: bool,
    /// Whether the bodies of server errors tell their causes. Never in production.
    pub reveal_causes: bool,
    /// How long an answer may take, without the arrival of the request.
    pub deadline: Duration,
}

/// What all workers share.
pub(crate) struct State {
    pub deps: Deps,
    pub options: Options,
    pub known_paths: KnownPaths,
    pub gate: Arc<Gate>,
    /// Before the other one, for those who sign in or up.
    pub entrance: Gate,
    /// Set if somebody wants to know.
    pub metrics: OnceLock<HttpMetrics>,
    pub refusals: Refusals,
    /// `None` for any number of requests.
    pub rate_limit: Option<RateLimit>,
    pub security_headers: SecurityHeaders,
}

impl State {
    pub(crate) fn new(deps: Deps, options: Options, known_paths: KnownPaths) -> Self {
        let strict_transport = options.public_origin.starts_with("https://");
        let gate = Arc::new(Gate::new(GateBounds::default()));
        let entrance = Gate::new(GateBounds::entrance());
        let security_headers = SecurityHeaders { strict_transport };
        let rate_limit = options.rate_limit_per_minute.map(RateLimit::per_minute);
        Self {
            deps,
            options,
            known_paths,
            gate,
            entrance,
            metrics: OnceLock::new(),
            refusals: Refusals::default(),
            rate_limit,
            security_headers,
        }
    }

    /// Places for a request to this path, given back when they are dropped.
    pub(crate) async fn enter(&self, path: &str) -> Result<Places<'_>, Problem> {
        let entrance = if auth_paths::is_entrance(path) { Some(self.entrance.enter().await?) } else { None };
        Ok(Places { _entrance: entrance, _work: self.gate.enter().await? })
    }
}

/// Where a request stands while it is worked on.
pub(crate) struct Places<'a> {
    _entrance: Option<SemaphorePermit<'a>>,
    _work: SemaphorePermit<'a>,
}
