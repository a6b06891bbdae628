use actix_web::HttpResponse;
use actix_web::http::header;
use chrono::{DateTime, Utc};
use hexado_domain::access::role_names;
use hexado_domain::identity::User;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::UserView;
use crate::extract::etag_of;
use crate::state::State;

/// A user, with what administrators want to know.
#[derive(Serialize, ToSchema)]
#[schema(as = UserDetails)]
pub(super) struct UserDetailsView<'a> {
    #[serde(flatten)]
    user: UserView<'a>,
    #[schema(example = json!(["user"]))]
    roles: Vec<&'a str>,
    /// Whether the user is kept out at present.
    banned: bool,
    ban_reason: Option<&'a str>,
    /// When the ban ends; `null` for never.
    ban_expires: Option<DateTime<Utc>>,
    /// Grows by one at every change; the `ETag` is this number in quotes.
    #[schema(example = 1)]
    version: i64,
}

impl<'a> UserDetailsView<'a> {
    /// A ban that has expired is none.
    pub(super) fn of(user: &'a User, now: DateTime<Utc>) -> Self {
        let banned = user.is_banned(now);
        Self {
            user: user.into(),
            roles: role_names(user.role.as_deref().unwrap_or_default()).collect(),
            banned,
            ban_reason: user.ban_reason.as_deref().filter(|_| banned),
            ban_expires: user.ban_expires.filter(|_| banned),
            version: user.version.get(),
        }
    }
}

/// Says that a user is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = UserDeleted)]
pub(super) struct DeletedView<'a> {
    #[schema(example = "User deleted")]
    pub message: &'static str,
    pub id: &'a str,
}

/// 200 with the user and their `ETag`.
pub(super) fn shown(user: &User, state: &State) -> HttpResponse {
    let details = UserDetailsView::of(user, state.deps.clock.now());
    HttpResponse::Ok().insert_header((header::ETAG, etag_of(user.version))).json(details)
}
