use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use async_trait::async_trait;
use hexado_domain::access::{MockRoleStore, RoleBook, RoleService};
use hexado_domain::audit::{AuditService, MockAuditLog};
use hexado_domain::error::StoreError;
use hexado_domain::health::MockProbe;
use hexado_domain::id::{TaskId, UserId};
use hexado_domain::idempotency::{Attempt, Recorded};
use hexado_domain::identity::{IdentityPolicy, TrustedOrigins};
use hexado_domain::page::Page;
use hexado_domain::task::share::{MockShareStore, ShareService};
use hexado_domain::task::{
    MockTaskStore, Task, TaskChange, TaskCreation, TaskDeletion, TaskOutcome, TaskQuery, TaskService, TaskStore,
    WriteTarget,
};
use hexado_domain::testing::{MockIdentity, WeakHasher, identity_policy, no_blocks};
use hexado_local::{LocalRateLimiter, OsEntropy};
use hexado_web::{Application, Deps, Options, Readiness};
use serde_json::Value;

mod identity;

use identity::Services;
pub(crate) use identity::{cookie, everybody, signed};

pub(crate) const ORIGIN: &str = "http://localhost:3000";

/// The application over mocks. The session token `ann` stands for the user ann, and so on; `root` is an admin.
pub(crate) struct Api {
    pub(crate) deps: Deps,
    pub(crate) options: Options,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Api {
    pub(crate) fn new(tasks: MockTaskStore) -> Self {
        Self::over(tasks, everybody())
    }

    /// An application over these stores.
    pub(crate) fn sharing(tasks: MockTaskStore, shares: MockShareStore) -> Self {
        Self::whole(tasks, shares, MockRoleStore::new(), everybody(), identity_policy())
    }

    /// An application whose task store must not be asked, over these identities.
    pub(crate) fn of(identity: MockIdentity) -> Self {
        Self::over(MockTaskStore::new(), identity)
    }

    /// An application whose task store must not be asked, over these roles.
    pub(crate) fn with_roles(roles: MockRoleStore) -> Self {
        Self::whole(MockTaskStore::new(), MockShareStore::new(), roles, everybody(), identity_policy())
    }

    /// An application whose task store must not be asked, over these identities and roles.
    pub(crate) fn administered(identity: MockIdentity, roles: MockRoleStore) -> Self {
        Self::whole(MockTaskStore::new(), MockShareStore::new(), roles, identity, identity_policy())
    }

    /// An application under this policy.
    pub(crate) fn under(policy: IdentityPolicy, tasks: MockTaskStore, identity: MockIdentity) -> Self {
        Self::whole(tasks, MockShareStore::new(), MockRoleStore::new(), identity, policy)
    }

    fn over(tasks: MockTaskStore, identity: MockIdentity) -> Self {
        Self::under(identity_policy(), tasks, identity)
    }

    fn whole(
        tasks: MockTaskStore,
        shares: MockShareStore,
        roles: MockRoleStore,
        identity: MockIdentity,
        policy: IdentityPolicy,
    ) -> Self {
        let (tasks, shares, roles) = (Arc::new(tasks), Arc::new(shares), Arc::new(roles));
        let book = Arc::new(RoleBook::new(Arc::clone(&roles) as _));
        let clock = identity.clock.clone();
        let mut database = MockProbe::new();
        database.expect_round_trip().returning(|| Ok(Duration::from_micros(400)));
        let readiness = Arc::new(Readiness::starting());
        readiness.serving();
        let Services {
            identity,
            doors,
            sessions,
            accounts,
            users,
            two_factor,
            impersonations,
            step_up,
            keys,
            signer,
            user_store,
        } = Services::over(identity, Arc::clone(&roles) as _, Arc::clone(&book), policy);
        let mut log = MockAuditLog::new();
        log.expect_append().returning(|_| Ok(()));
        let audit = Arc::new(AuditService::new(Arc::new(log), Arc::new(WeakHasher)));
        let deps = Deps {
            tasks: Arc::new(TaskService::new(tasks.clone(), clock.clone())),
            shares: Arc::new(ShareService::new(tasks, shares, user_store, clock.clone())),
            roles: Arc::new(RoleService::new(roles, book, clock.clone())),
            identity,
            doors,
            sessions,
            accounts,
            users,
            two_factor,
            impersonations,
            step_up,
            keys,
            audit,
            blocks: no_blocks(),
            signer,
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            database: Arc::new(database),
            limiter: Arc::new(LocalRateLimiter::new(clock)),
            readiness,
            key_set: None,
        };
        let options = Options {
            builtin_identity: true,
            public_origin: "http://localhost:8000".into(),
            cors_origins: vec![ORIGIN.into()],
            trusted_origins: TrustedOrigins::new(vec![ORIGIN.into()]),
            api_docs: true,
            deadline: Duration::from_secs(5),
            ..Options::default()
        };
        Self { deps, options }
    }

    /// An application whose store must not be asked.
    pub(crate) fn untouched() -> Self {
        Self::new(MockTaskStore::new())
    }

    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let service = init_service(Application::new(self.deps.clone(), self.options.clone()).build()).await;
        let response = match service.call(request.to_request()).await {
            Ok(response) => response.map_into_boxed_body().into_parts().1,
            Err(error) => error.error_response(),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap();
        Answer { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The `Set-Cookie` lines.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").map(|line| line.to_str().unwrap()).collect()
    }

    /// Whether the cookies of a session are taken back.
    pub(crate) fn takes_cookies_back(&self) -> bool {
        let line = |name: &str| format!("better-auth.{name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
        self.cookies() == ["session_token", "session_data", "dont_remember"].map(line)
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and code.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status.as_u16(), self.code())
    }

    /// Pointer and code of each wrong field.
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
    }
}

/// A request of ann's.
pub(crate) fn request(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method.parse().unwrap()).insert_header(("authorization", "Bearer ann"))
}

/// A request of ann's with a JSON body, valid or not.
pub(crate) fn json(method: &str, path: &str, body: &str) -> TestRequest {
    request(method, path).insert_header(("content-type", "application/json")).set_payload(body.to_owned())
}

/// A request without a credential, with a JSON body, valid or not.
pub(crate) fn anonymous(method: &str, path: &str, body: &str) -> TestRequest {
    let request = TestRequest::with_uri(path).method(method.parse().unwrap());
    request.insert_header(("content-type", "application/json")).set_payload(body.to_owned())
}

pub(crate) fn unavailable() -> StoreError {
    StoreError::unavailable("connection refused by 10.0.0.7")
}

/// A store that never answers.
pub(crate) struct StalledStore;

#[async_trait]
impl TaskStore for StalledStore {
    async fn list(&self, _: &UserId, _: &TaskQuery) -> Result<Page<Task>, StoreError> {
        pending().await
    }

    async fn find(&self, _: &UserId, _: TaskId) -> Result<Option<Task>, StoreError> {
        pending().await
    }

    async fn find_for_write<'a>(
        &self,
        _: &UserId,
        _: TaskId,
        _: Option<&'a Attempt>,
    ) -> Result<WriteTarget, StoreError> {
        pending().await
    }

    async fn recorded(&self, _: &Attempt) -> Result<Option<Recorded<TaskOutcome>>, StoreError> {
        pending().await
    }

    async fn record(&self, _: &Attempt, _: &TaskOutcome) -> Result<(), StoreError> {
        pending().await
    }

    async fn create<'a>(&self, _: &TaskCreation, _: Option<&'a Attempt>) -> Result<Task, StoreError> {
        pending().await
    }

    async fn update<'a>(&self, _: &TaskChange, _: Option<&'a Attempt>) -> Result<Task, StoreError> {
        pending().await
    }

    async fn delete<'a>(&self, _: &TaskDeletion, _: Option<&'a Attempt>) -> Result<bool, StoreError> {
        pending().await
    }
}
