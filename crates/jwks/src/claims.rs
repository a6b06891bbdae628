use chrono::{DateTime, TimeDelta, Utc};
use hexado_domain::id::UserId;
use hexado_domain::identity::{SessionId, TokenError, VerifiedToken};
use serde_json::{Number, Value};

use crate::members::{Members, wrong_type};
use crate::options::{Check, Expected};
use crate::refusal::Refusal;

/// How far the clocks of issuers may be off.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// The audience of Better Auth's cookie caches: signed with the same secret as its tokens, but nobody's credential.
const COOKIE_CACHE: &str = "better-auth:session-cache";

/// What a token says (RFC 7519, section 4.1), each claim of the right type.
pub(crate) struct Claims {
    subject: UserId,
    issuer: Option<String>,
    audience: Vec<String>,
    email: Option<String>,
    name: Option<String>,
    session_id: Option<String>,
    issued_at: Option<DateTime<Utc>>,
    authenticated_at: Option<DateTime<Utc>>,
    amr: Vec<String>,
    acr: Option<String>,
    not_before: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
}

impl Claims {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, Refusal> {
        let mut members = Members::parse(json, "payload")?;
        let subject = members.take_string("sub")?.ok_or_else(|| Refusal::new("it has no `sub`"))?;
        let audience = audience(members.take("aud"))?;
        if audience.iter().any(|audience| audience == COOKIE_CACHE) {
            return Err(Refusal::new("it is a cookie cache"));
        }
        Ok(Self {
            subject: UserId::parse(&subject).ok_or_else(|| Refusal::new("its `sub` cannot be a user's id"))?,
            issuer: members.take_string("iss")?,
            audience,
            email: profile(&mut members, "email")?,
            name: profile(&mut members, "name")?,
            session_id: profile(&mut members, "sid")?,
            issued_at: stated_time(&mut members, "iat"),
            authenticated_at: stated_time(&mut members, "auth_time"),
            amr: methods(members.take("amr")),
            acr: members.take("acr").and_then(text),
            not_before: time(&mut members, "nbf")?,
            expires_at: time(&mut members, "exp")?.ok_or_else(|| Refusal::new("it has no `exp`"))?,
        })
    }

    pub(crate) fn check_parties(&self, expected: &Expected) -> Result<(), Refusal> {
        if !allows(&expected.issuer, self.issuer.as_slice()) {
            return Err(Refusal::new("its `iss` is not an expected one"));
        }
        if !allows(&expected.audience, &self.audience) {
            return Err(Refusal::new("its `aud` is not the expected one"));
        }
        Ok(())
    }

    pub(crate) fn check_times(&self, now: DateTime<Utc>) -> Result<(), TokenError> {
        if self.not_before.is_some_and(|start| now + LEEWAY < start) {
            return Err(Refusal::new("it is not valid yet").into());
        }
        if self.expires_at <= now - LEEWAY { Err(TokenError::Expired) } else { Ok(()) }
    }
}

impl From<Claims> for VerifiedToken {
    fn from(claims: Claims) -> Self {
        Self {
            issuer: claims.issuer.unwrap_or_default(),
            subject: claims.subject,
            email: claims.email,
            name: claims.name,
            session_id: claims.session_id.map(SessionId::from_stored),
            issued_at: claims.issued_at,
            authenticated_at: claims.authenticated_at,
            amr: claims.amr,
            acr: claims.acr,
            expires_at: claims.expires_at,
        }
    }
}

fn allows(check: &Check, values: &[String]) -> bool {
    match check {
        Check::Any => true,
        Check::Exactly(expected) => values.contains(expected),
    }
}

/// One audience or a list of them.
fn audience(claim: Option<Value>) -> Result<Vec<String>, Refusal> {
    let text = |value| text(value).ok_or_else(|| wrong_type("aud"));
    match claim {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) => list.into_iter().map(text).collect(),
        Some(value) => Ok(vec![text(value)?]),
    }
}

/// What issuers copy out of their records, where `null` is the usual word for absent.
fn profile(members: &mut Members, name: &str) -> Result<Option<String>, Refusal> {
    match members.take(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong_type(name)),
    }
}

/// What tells how somebody signed in, and decides about nothing else: of a wrong type, it tells nothing.
fn stated_time(members: &mut Members, name: &str) -> Option<DateTime<Utc>> {
    time(members, name).ok().flatten()
}

/// Likewise.
fn methods(claim: Option<Value>) -> Vec<String> {
    match claim {
        Some(Value::Array(list)) => list.into_iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

fn text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

/// Seconds since 1970, whole or not.
fn time(members: &mut Members, name: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    match members.take(name) {
        None => Ok(None),
        Some(Value::Number(seconds)) => moment(&seconds).map(Some).ok_or_else(|| wrong_type(name)),
        Some(_) => Err(wrong_type(name)),
    }
}

fn moment(seconds: &Number) -> Option<DateTime<Utc>> {
    match seconds.as_i64() {
        Some(whole) => DateTime::from_timestamp(whole, 0),
        // What is too large for milliseconds is cut to the largest number, which is no moment either.
        None => DateTime::from_timestamp_millis((seconds.as_f64()? * 1000.0) as i64),
    }
}
