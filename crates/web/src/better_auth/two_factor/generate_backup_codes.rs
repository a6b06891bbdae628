use actix_web::{HttpResponse, post};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::present_password;
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    status: bool,
    backup_codes: Vec<&'a str>,
}

/// Replace all backup codes
#[utoipa::path(
    tag = "better-auth",
    operation_id = "generateBackupCodes",
    request_body = schemas::VerifyPassword,
    responses(
        (status = 200, description = "The new ones", body = schemas::NewBackupCodes),
        (status = 400, description = "A wrong password, or no second factor", body = WireErrorBody),
    )
)]
#[post("/two-factor/generate-backup-codes")]
pub(super) async fn generate_backup_codes(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let password = body.text("password");
    body.finish()?;
    let by = visit.session().await?;
    let (service, password) = (&visit.deps().two_factor, present_password(&password)?);
    let codes = service.replace_backup_codes(&visit.visitor(), &by, &password).await?;
    let backup_codes = codes.iter().map(ExposeSecret::expose_secret).collect();
    Ok(HttpResponse::Ok().json(Answer { status: true, backup_codes }))
}
