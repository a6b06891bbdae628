use actix_web::{HttpResponse, post};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::present_password;
use crate::better_auth::visit::Visit;
use crate::better_auth::{limits, schemas};

#[derive(Serialize)]
struct Answer<'a> {
    method: &'static str,
    #[serde(rename = "totpURI")]
    totp_uri: &'a str,
    #[serde(rename = "backupCodes")]
    backup_codes: Vec<&'a str>,
}

/// Prepare a second factor
///
/// It is asked for once `verify-totp` has got a first code of the authenticator app.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "enableTwoFactor",
    request_body = schemas::EnableTwoFactor,
    responses(
        (status = 200, description = "What the app scans, and codes that replace it once each", body = schemas::TwoFactorPrepared),
        (status = 400, description = "A wrong password, or there is one already", body = WireErrorBody),
    )
)]
#[post("/two-factor/enable")]
pub(super) async fn enable(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let password = body.text("password");
    let by_otp = body.choice("method", &[("otp", true), ("totp", false)]).unwrap_or(false);
    let issuer = body.optional_text("issuer").filter(|issuer| !issuer.is_empty());
    issuer.iter().for_each(|issuer| body.check("issuer", issuer, limits::NAME));
    body.finish()?;
    let by = visit.session().await?;
    let password = present_password(&password)?;
    let service = &visit.deps().two_factor;
    if by_otp {
        visit.deps().accounts.verify_password(&by, &password).await?;
        return Err(WireError::bad_request("OTP_NOT_CONFIGURED", "OTP is not available"));
    }
    let prepared = service.prepare(&visit.visitor(), &by, &password, issuer.as_deref()).await?;
    let backup_codes = prepared.backup_codes.iter().map(ExposeSecret::expose_secret).collect();
    Ok(HttpResponse::Ok().json(Answer { method: "totp", totp_uri: prepared.uri.expose_secret(), backup_codes }))
}
