//! Valid values to start a test from.

use chrono::{DateTime, TimeZone, Utc};

use crate::access::PermissionSet;
use crate::actor::Actor;
use crate::id::{TaskId, UserId};
use crate::idempotency::{Attempt, IdempotencyKey};
use crate::identity::{Email, NewUser, User};
use crate::mail::Mail;
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

pub fn user(id: &str) -> User {
    User {
        id: user_id(id),
        name: id.to_owned(),
        email: format!("{id}@example.com"),
        email_verified: false,
        image: None,
        role: None,
        banned: false,
        ban_expires: None,
        created_at: noon(),
        updated_at: noon(),
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

pub fn draft(text: &str) -> TaskDraft {
    TaskDraft { title: title(text), description: None, category: None, priority: None, due_at: None, completed: false }
}

pub fn attempt(caller: &str, key: &str, fingerprint: u8) -> Attempt {
    let key = IdempotencyKey::parse(key).unwrap_or_else(|| unreachable!("`{key}` is visible ASCII"));
    Attempt { caller: user_id(caller), key, fingerprint: [fingerprint; 32] }
}
