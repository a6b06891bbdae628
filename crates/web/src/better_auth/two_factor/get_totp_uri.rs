use actix_web::{HttpResponse, post};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::present_password;
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(rename = "totpURI")]
    totp_uri: &'a str,
}

/// Show once more what an authenticator app scans
#[utoipa::path(
    tag = "better-auth",
    operation_id = "getTotpUri",
    request_body = schemas::VerifyPassword,
    responses(
        (status = 200, description = "The text of the QR code", body = schemas::TotpUri),
        (status = 400, description = "A wrong password, or there is none", body = WireErrorBody),
    )
)]
#[post("/two-factor/get-totp-uri")]
pub(super) async fn get_totp_uri(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let password = body.text("password");
    body.finish()?;
    let by = visit.session().await?;
    let uri = visit.deps().two_factor.uri(&by, &present_password(&password)?).await?;
    Ok(HttpResponse::Ok().json(Answer { totp_uri: uri.expose_secret() }))
}
