use actix_web::{HttpResponse, post};
use chrono::TimeDelta;
use hexado_domain::access::Permission;
use hexado_domain::identity::users::Ban;
use hexado_domain::version::Expected;

use super::one;
use super::refusal::refused;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Keep a user out
///
/// All their sessions end.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminBanUser",
    request_body = schemas::BanUser,
    responses(
        (status = 200, description = "The user", body = schemas::OneUser),
        (status = 400, description = "It is the caller, or no admin would be left", body = WireErrorBody),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/ban-user")]
pub(super) async fn ban_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let user_id = body.user_id();
    let reason = body.optional_text("banReason").filter(|reason| !reason.is_empty());
    let seconds = body.optional_number("banExpiresIn").filter(|seconds| *seconds != 0.0);
    let password = body.optional_text("password");
    body.check("banReason", reason.as_deref().unwrap_or_default(), Ban::MAX_REASON);
    body.finish()?;
    let actor = visit.recent_administrator(Permission::UserBan, password.as_deref()).await?.actor;
    let expires_at = seconds.map(|seconds| visit.deps().clock.now() + lasting(seconds));
    let ban = Ban { reason: Some(reason.unwrap_or_else(|| NO_REASON.to_owned())), expires_at };
    let user = visit.deps().users.ban(&actor, &visit.visitor(), &user_id, ban, &Expected::Any).await;
    Ok(one(&user.map_err(refused)?))
}

/// As in the original.
const NO_REASON: &str = "No reason";

/// What is longer than a thousand years is that long.
fn lasting(seconds: f64) -> TimeDelta {
    const MOST: f64 = 1000.0 * 365.25 * 24.0 * 60.0 * 60.0;
    #[expect(clippy::cast_possible_truncation, reason = "the milliseconds of a thousand years fit")]
    TimeDelta::milliseconds((seconds.clamp(-MOST, MOST) * 1000.0) as i64)
}
