//! What our tokens say.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Serialize, Serializer};

use super::session::SignedIn;
use super::user::User;

/// A user in the words of Better Auth's wire, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserObject<'a> {
    name: &'a str,
    email: &'a str,
    email_verified: bool,
    image: Option<&'a str>,
    #[serde(serialize_with = "iso_time")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "iso_time")]
    updated_at: DateTime<Utc>,
    role: Option<&'a str>,
    banned: bool,
    ban_reason: Option<&'a str>,
    #[serde(serialize_with = "iso_time_or_null")]
    ban_expires: Option<DateTime<Utc>>,
    two_factor_enabled: bool,
    id: &'a str,
}

impl<'a> From<&'a User> for UserObject<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            name: &user.name,
            email: &user.email,
            email_verified: user.email_verified,
            image: user.image.as_deref(),
            created_at: user.created_at,
            updated_at: user.updated_at,
            role: user.role.as_deref(),
            banned: user.banned,
            ban_reason: user.ban_reason.as_deref(),
            ban_expires: user.ban_expires,
            two_factor_enabled: user.two_factor_enabled,
            id: user.id.as_str(),
        }
    }
}

/// The claims of a session's JWT: Better Auth's, and `sid`, `auth_time` and `amr` (OpenID Connect Core, section 2), by
/// which it ends with its session. `act` (RFC 8693, section 4.1) is the administrator who acts as the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionClaims<'a> {
    iat: i64,
    #[serde(flatten)]
    user: UserObject<'a>,
    sub: &'a str,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
    sid: &'a str,
    auth_time: i64,
    amr: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<ActingParty<'a>>,
}

/// Who acts on behalf of the subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ActingParty<'a> {
    sub: &'a str,
}

impl<'a> SessionClaims<'a> {
    /// A token of `origin` for itself. It never outlives the session.
    pub fn of(signed_in: &'a SignedIn, origin: &'a str, lifetime: TimeDelta, now: DateTime<Utc>) -> Self {
        let SignedIn { session, user } = signed_in;
        Self {
            iat: now.timestamp(),
            user: user.into(),
            sub: user.id.as_str(),
            exp: (now + lifetime).min(session.expires_at).timestamp(),
            iss: origin,
            aud: origin,
            sid: session.id.as_str(),
            auth_time: session.authenticated_at().timestamp(),
            amr: session.amr.as_deref().unwrap_or_default().split_whitespace().collect(),
            act: session.impersonated_by.as_ref().map(|admin| ActingParty { sub: admin.as_str() }),
        }
    }
}

/// As JavaScript writes times: UTC, with milliseconds.
pub fn iso_time<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[expect(clippy::ref_option, reason = "serde hands fields over by reference")]
pub fn iso_time_or_null<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => iso_time(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// What the token in a mailed link permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailClaims {
    /// The address that the user had.
    pub email: String,
    /// Missing in tokens of older Better Auth servers.
    pub user_id: Option<String>,
    pub purpose: EmailPurpose,
    pub expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailPurpose {
    /// The user has this address.
    Verify,
    /// The user, at the old address, agrees to a new one.
    ConfirmChange { to: String },
    /// The user has the new address.
    VerifyChange { to: String },
}
