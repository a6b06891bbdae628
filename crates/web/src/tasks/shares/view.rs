use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use hexado_domain::id::UserId;
use hexado_domain::idempotency::Written;
use hexado_domain::task::share::{Granted, Share};
use serde::Serialize;
use utoipa::ToSchema;

use crate::tasks::view::replay_header;

/// That a task is shared with a user.
#[derive(Serialize, ToSchema)]
#[schema(as = Share)]
pub(super) struct ShareView<'a> {
    /// With whom.
    #[schema(example = "demo-user")]
    user_id: &'a str,
    /// What they may do: `edit` includes `view`.
    #[schema(example = "edit", pattern = "^(view|edit)$")]
    access: &'static str,
    /// Since when, whatever they could do at first.
    #[schema(example = "2026-11-21T09:00:00.123Z")]
    created_at: DateTime<Utc>,
}

impl<'a> From<&'a Share> for ShareView<'a> {
    fn from(share: &'a Share) -> Self {
        Self { user_id: share.user_id.as_str(), access: share.access.as_str(), created_at: share.created_at }
    }
}

/// Says that a share is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = ShareRevoked)]
pub(super) struct RevokedView<'a> {
    #[schema(example = "Task no longer shared")]
    message: &'static str,
    /// With whom it was shared.
    #[schema(example = "demo-user")]
    user_id: &'a str,
}

/// 201 for a new share, else 200.
pub(super) fn granted(written: &Written<Granted>) -> HttpResponse {
    let Granted { share, is_new } = &written.outcome;
    let mut response = if *is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    replay_header(&mut response, written.replayed).json(ShareView::from(share))
}

pub(super) fn revoked(written: &Written<UserId>) -> HttpResponse {
    let view = RevokedView { message: "Task no longer shared", user_id: written.outcome.as_str() };
    replay_header(&mut HttpResponse::Ok(), written.replayed).json(view)
}
