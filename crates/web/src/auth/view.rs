use chrono::{DateTime, Utc};
use hexado_domain::id::UserId;
use hexado_domain::identity::{Account, SecondFactorNeeded, Session, SessionId, SignedIn, User};
use serde::Serialize;
use utoipa::ToSchema;

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView<'a> {
    #[schema(example = "4xyXe1ppcwoRXm37QwLvNCyTvMz2JFcW")]
    id: &'a str,
    #[schema(example = "Ann")]
    name: &'a str,
    #[schema(example = "ann@example.com")]
    email: &'a str,
    email_verified: bool,
    image: Option<&'a str>,
    /// Names of roles, separated by commas.
    #[schema(example = "user")]
    role: Option<&'a str>,
    two_factor_enabled: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl<'a> From<&'a User> for UserView<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.as_str(),
            name: &user.name,
            email: &user.email,
            email_verified: user.email_verified,
            image: user.image.as_deref(),
            role: user.role.as_deref(),
            two_factor_enabled: user.two_factor_enabled,
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// A device that is signed in. Its token is never shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionView<'a> {
    id: &'a str,
    /// Empty when unknown; of IPv6 the network.
    ip_address: &'a str,
    /// Empty when unknown.
    user_agent: &'a str,
    created_at: DateTime<Utc>,
    /// When the user last proved who they are.
    authenticated_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Id of the administrator who acts as the user.
    impersonated_by: Option<&'a str>,
    /// Whether it is the session of this request.
    current: bool,
}

impl<'a> SessionView<'a> {
    pub(super) fn of(session: &'a Session, current: Option<&SessionId>) -> Self {
        Self {
            id: session.id.as_str(),
            ip_address: &session.ip_address,
            user_agent: &session.user_agent,
            created_at: session.created_at,
            authenticated_at: session.authenticated_at(),
            expires_at: session.expires_at,
            impersonated_by: session.impersonated_by.as_ref().map(UserId::as_str),
            current: current == Some(&session.id),
        }
    }
}

/// Someone who is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedIn)]
pub(super) struct SignedInView<'a> {
    user: UserView<'a>,
    session: SessionView<'a>,
    /// The session's token, for clients that keep no cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<&'a str>,
    /// A JWT of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    jwt: Option<String>,
}

impl<'a> SignedInView<'a> {
    /// Without the token.
    pub(super) fn shown(SignedIn { user, session }: &'a SignedIn) -> Self {
        let current = Some(&session.id);
        Self { user: user.into(), session: SessionView::of(session, current), token: None, jwt: None }
    }

    /// With the token, for who has just got it.
    pub(super) fn entered(signed_in: &'a SignedIn) -> Self {
        Self { token: Some(signed_in.session.token.as_str()), ..Self::shown(signed_in) }
    }

    pub(super) fn with_jwt(self, jwt: String) -> Self {
        Self { jwt: Some(jwt), ..self }
    }
}

/// Someone whose password was right.
#[derive(Serialize, ToSchema)]
#[schema(as = Login)]
#[serde(untagged)]
pub(super) enum LoginView<'a> {
    SignedIn(Box<SignedInView<'a>>),
    SecondFactor(SecondFactorView),
}

/// Someone who has to prove the second factor, by `verify-totp` or `verify-backup-code` of Better Auth's wire.
#[derive(Serialize, ToSchema)]
#[schema(as = SecondFactor)]
pub(super) struct SecondFactorView {
    #[schema(example = true)]
    two_factor_required: bool,
    #[schema(example = json!(["totp"]))]
    methods: Vec<&'static str>,
}

impl SecondFactorView {
    pub(super) fn of(needed: &SecondFactorNeeded) -> Self {
        Self { two_factor_required: true, methods: needed.totp.then_some("totp").into_iter().collect() }
    }
}

/// Someone who signed up. Without a session, the address must be verified first.
#[derive(Serialize, ToSchema)]
#[schema(as = SignedUp)]
pub(super) struct SignedUpView<'a> {
    pub user: UserView<'a>,
    pub session: Option<SessionView<'a>>,
    pub token: Option<&'a str>,
}

/// The caller, and what they may do.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub(super) struct MeView<'a> {
    #[serde(flatten)]
    pub user: UserView<'a>,
    #[schema(example = json!(["user"]))]
    pub roles: Vec<&'a str>,
    #[schema(example = json!([]))]
    pub permissions: Vec<&'static str>,
    /// Id of the administrator who acts as the caller.
    pub impersonated_by: Option<&'a str>,
}

/// A way to sign in, without its secrets.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountView<'a> {
    id: &'a str,
    /// `credential` for a password.
    #[schema(example = "credential")]
    provider: &'a str,
    /// The user's id at the provider.
    account_id: &'a str,
    scopes: Vec<&'a str>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl<'a> From<&'a Account> for AccountView<'a> {
    fn from(account: &'a Account) -> Self {
        let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
        Self {
            id: &account.id,
            provider: &account.provider_id,
            account_id: &account.account_id,
            scopes: scopes.filter(|scope| !scope.is_empty()).collect(),
            created_at: account.created_at,
            updated_at: account.updated_at,
        }
    }
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionsEnded)]
pub(super) struct EndedView {
    #[schema(example = "Sessions ended")]
    pub message: &'static str,
    #[schema(example = 2)]
    pub revoked: u64,
}

/// Says that something is done.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(super) struct MessageView {
    #[schema(example = "Signed out")]
    pub message: &'static str,
}
