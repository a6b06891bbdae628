//! What the wire answers, in its words.

use actix_web::HttpResponse;
use actix_web::http::header;
use chrono::{DateTime, Utc};
use hexado_domain::identity::{Account, Session, UserObject, iso_time};
use serde::Serialize;
use utoipa::ToSchema;

/// A session, in the order of the original.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionObject<'a> {
    #[serde(serialize_with = "iso_time")]
    expires_at: DateTime<Utc>,
    token: &'a str,
    #[serde(serialize_with = "iso_time")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "iso_time")]
    updated_at: DateTime<Utc>,
    ip_address: &'a str,
    user_agent: &'a str,
    user_id: &'a str,
    impersonated_by: Option<&'a str>,
    id: &'a str,
}

impl<'a> From<&'a Session> for SessionObject<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            expires_at: session.expires_at,
            token: session.token.as_str(),
            created_at: session.created_at,
            updated_at: session.updated_at,
            ip_address: &session.ip_address,
            user_agent: &session.user_agent,
            user_id: session.user_id.as_str(),
            impersonated_by: session.impersonated_by.as_ref().map(hexado_domain::id::UserId::as_str),
            id: session.id.as_str(),
        }
    }
}

impl<'a> SessionObject<'a> {
    /// For who must not be able to act in it: its id stands for the token.
    pub(super) fn without_token(session: &'a Session) -> Self {
        Self { token: session.id.as_str(), ..session.into() }
    }
}

/// A way to sign in, without its secrets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountObject<'a> {
    account_id: &'a str,
    provider_id: &'a str,
    user_id: &'a str,
    #[serde(serialize_with = "iso_time")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "iso_time")]
    updated_at: DateTime<Utc>,
    id: &'a str,
    scopes: Vec<&'a str>,
}

impl<'a> From<&'a Account> for AccountObject<'a> {
    fn from(account: &'a Account) -> Self {
        let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
        Self {
            account_id: &account.account_id,
            provider_id: &account.provider_id,
            user_id: account.user_id.as_str(),
            created_at: account.created_at,
            updated_at: account.updated_at,
            id: &account.id,
            scopes: scopes.filter(|scope| !scope.is_empty()).collect(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct SessionAndUser<'a> {
    pub session: SessionObject<'a>,
    pub user: UserObject<'a>,
}

/// A user, and the token of a session of theirs if one began.
#[derive(Serialize)]
pub(super) struct Entered<'a> {
    pub token: Option<&'a str>,
    pub user: UserObject<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WireStatus)]
pub(super) struct Status {
    #[schema(example = true)]
    status: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message: Option<&'static str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WireSuccess)]
pub(super) struct Success {
    #[schema(example = true)]
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message: Option<&'static str>,
}

/// `{"status":true}`
pub(super) fn done() -> HttpResponse {
    HttpResponse::Ok().json(Status { status: true, message: None })
}

pub(super) fn done_with(message: &'static str) -> HttpResponse {
    HttpResponse::Ok().json(Status { status: true, message: Some(message) })
}

/// `{"success":true}`
pub(super) fn success(message: Option<&'static str>) -> HttpResponse {
    HttpResponse::Ok().json(Success { success: true, message })
}

/// 302 to a page that was checked to be trusted.
pub(super) fn redirect(target: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, target)).finish()
}
