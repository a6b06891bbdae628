//! Valid values to start a test from.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};

use crate::access::{PermissionPattern, PermissionSet, Role, RoleDefinition, RoleHistory, RoleName};
use crate::actor::Actor;
use crate::audit::{Action, AuditEvent, Target};
use crate::id::{TaskId, UserId};
use crate::idempotency::{Attempt, IdempotencyKey};
use crate::identity::{
    Caller, Email, NewUser, PasswordHash, Registration, Sealed, Session, SessionId, SessionToken, SignedIn, SigningKey,
    TwoFactor, User, Visitor,
};
use crate::mail::Mail;
use crate::task::share::{Access, Share, Sharing};
use crate::task::{Task, TaskDraft, Title, Version};

/// 2026-11-21 12:00 UTC.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).single().unwrap_or_default()
}

pub fn user_id(id: &str) -> UserId {
    UserId::from_stored(id)
}

pub fn actor(id: &str) -> Actor {
    Actor::new(user_id(id), PermissionSet::NONE)
}

/// Somebody with these permissions.
pub fn actor_with(id: &str, permissions: impl Into<PermissionSet>) -> Actor {
    Actor::new(user_id(id), permissions.into())
}

/// The first version of a role, made at noon. The patterns are those that there are.
pub fn role(name: &str, permissions: &[&str], inherits: &[&str]) -> Role {
    let definition = RoleDefinition {
        name: RoleName::from_stored(name),
        description: None,
        permissions: permissions.iter().filter_map(|text| PermissionPattern::parse(text)).collect(),
        inherits: inherits.iter().map(|name| RoleName::from_stored(*name)).collect(),
    };
    let history = RoleHistory { version: Version::FIRST, created_at: noon(), updated_at: noon() };
    Role { definition, history }
}

/// Somebody without a role, for an hour from noon.
pub fn caller(id: &str) -> Caller {
    let expires_at = noon() + TimeDelta::hours(1);
    Caller {
        user_id: user_id(id),
        session_id: None,
        impersonated_by: None,
        roles: "".into(),
        email_verified: false,
        expires_at,
    }
}

pub fn user(id: &str) -> User {
    User {
        id: user_id(id),
        name: id.to_owned(),
        email: format!("{id}@example.com"),
        email_verified: false,
        image: None,
        role: None,
        banned: false,
        ban_reason: None,
        ban_expires: None,
        two_factor_enabled: false,
        created_at: noon(),
        updated_at: noon(),
        version: Version::FIRST,
    }
}

/// A session that began at noon and lives for seven days. Its token is the user's name.
pub fn session(user: &str) -> Session {
    Session {
        id: SessionId::from_stored(format!("session-of-{user}")),
        token: SessionToken::from_stored(user),
        user_id: user_id(user),
        expires_at: noon() + TimeDelta::days(7),
        created_at: noon(),
        updated_at: noon(),
        ip_address: String::new(),
        user_agent: String::new(),
        impersonated_by: None,
        authenticated_at: None,
        amr: Some("pwd".to_owned()),
    }
}

pub fn signed_in(id: &str) -> SignedIn {
    SignedIn { session: session(id), user: user(id) }
}

pub fn signing_key(id: &str) -> SigningKey {
    SigningKey {
        id: id.to_owned(),
        public_key: r#"{"crv":"Ed25519","x":"abc","kty":"OKP"}"#.to_owned(),
        private_key: "{}".to_owned().into(),
        created_at: noon(),
        expires_at: None,
        algorithm: Some("EdDSA".to_owned()),
        curve: Some("Ed25519".to_owned()),
    }
}

/// A confirmed second factor with the secret `id:secret` and the backup codes `id:codes`.
pub fn two_factor(id: &str) -> TwoFactor {
    TwoFactor {
        id: format!("two-factor-of-{id}"),
        user_id: user_id(id),
        secret: Sealed::from_stored(format!("{id}:secret")),
        backup_codes: Sealed::from_stored(format!("{id}:codes")),
        confirmed: true,
        locked_until: None,
        last_step: None,
    }
}

pub fn new_user(id: &str) -> NewUser {
    let address = |domain: &str| Email::parse(&format!("{id}@{domain}"));
    NewUser {
        id: user_id(id),
        name: id.to_owned(),
        email: address("example.com"),
        placeholder: address("users.invalid").unwrap_or_else(|| unreachable!("`{id}` fits into an address")),
        at: noon(),
    }
}

/// What happened to a user at noon.
pub fn auth_event(kind: Action, id: &str) -> AuditEvent {
    AuditEvent::of(kind, &user_id(id), &Visitor::default(), noon())
}

/// A user who signs up as `id@example.com` with the hash `id:hash`, and neither signs in nor gets a mail.
pub fn registration(id: &str) -> Registration {
    let address = Email::parse(&format!("{id}@example.com"));
    Registration {
        user_id: user_id(id),
        name: id.to_owned(),
        email: address.unwrap_or_else(|| unreachable!("`{id}` fits into an address")),
        email_verified: false,
        image: None,
        role: "user".to_owned(),
        roles_made_from: None,
        account_id: format!("account-of-{id}"),
        hash: Some(PasswordHash::from_stored(format!("{id}:hash"))),
        session: None,
        mail: None,
        event: auth_event(Action::SignedUp, id),
        at: noon(),
    }
}

/// A mail to `id@example.com`.
pub fn mail(id: &str) -> Mail {
    let address = Email::parse(&format!("{id}@example.com"));
    Mail {
        to: address.unwrap_or_else(|| unreachable!("`{id}` fits into an address")),
        subject: "Grüße".to_owned(),
        text: format!("Hello {id},\n\nplain.\n"),
        html: format!("<p>Hello {id}, <b>marked up</b>.</p>\n"),
    }
}

pub fn title(text: &str) -> Title {
    Title::from_stored(text.to_owned())
}

pub fn task_id(id: i64) -> TaskId {
    TaskId::new(id).unwrap_or_else(|| unreachable!("task ids are positive, and {id} is not"))
}

/// The first version of a pending task without any optional field.
pub fn task(id: i64, owner: &str) -> Task {
    Task {
        id: task_id(id),
        user_id: user_id(owner),
        title: title("Buy milk"),
        description: None,
        category: None,
        priority: None,
        due_at: None,
        completed_at: None,
        version: Version::FIRST,
        created_at: noon(),
        updated_at: noon(),
    }
}

/// That `actor` shared a task at noon.
pub fn share_event(actor: &UserId, task_id: TaskId) -> AuditEvent {
    AuditEvent::by(Action::TaskShared, actor, Target::Task(task_id), &Visitor::default(), noon())
}

/// Shares that were granted at noon, in this order.
pub fn sharing(shares: &[(&str, Access)]) -> Sharing {
    let share = |(id, access): &(&str, Access)| Share { user_id: user_id(id), access: *access, created_at: noon() };
    Sharing { revision: shares.len() as i64, shares: shares.iter().map(share).collect() }
}

pub fn draft(text: &str) -> TaskDraft {
    TaskDraft { title: title(text), description: None, category: None, priority: None, due_at: None, completed: false }
}

pub fn attempt(caller: &str, key: &str, fingerprint: u8) -> Attempt {
    let key = IdempotencyKey::parse(key).unwrap_or_else(|| unreachable!("`{key}` is visible ASCII"));
    Attempt { caller: user_id(caller), key, fingerprint: [fingerprint; 32] }
}
