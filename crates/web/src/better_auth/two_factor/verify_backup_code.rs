use actix_web::{HttpResponse, post};
use hexado_domain::identity::{Proof, UserObject};
use serde::Serialize;

use super::{finish_sign_in, verify_in_session};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Somebody who proved the second factor and wanted no session.
#[derive(Serialize)]
struct Proven<'a> {
    user: UserObject<'a>,
}

/// Give a backup code
///
/// It is spent, and finishes a sign-in that waits for it, unless `disableSession` is true.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "verifyBackupCode",
    request_body = schemas::VerifyBackupCode,
    responses(
        (status = 200, description = "The user, signed in", body = schemas::Entered),
        (status = 400, description = "No second factor, or too many codes for one sign-in", body = WireErrorBody),
        (status = 401, description = "A wrong code, or no sign-in that waits", body = WireErrorBody),
    )
)]
#[post("/two-factor/verify-backup-code")]
pub(super) async fn verify_backup_code(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let code = body.text("code");
    let disable_session = body.flag("disableSession").unwrap_or(false);
    let trust = body.flag("trustDevice").unwrap_or(false);
    body.finish()?;
    let proof = Proof::BackupCode(&code);
    match visit.find_session(true).await? {
        Some(by) => verify_in_session(&visit, &by, proof).await,
        None if disable_session => prove(&visit, proof).await,
        None => finish_sign_in(&visit, proof, trust).await,
    }
}

async fn prove(visit: &Visit, proof: Proof<'_>) -> Result<HttpResponse, WireError> {
    let proven = visit.deps().two_factor.prove(&visit.visitor(), &visit.challenge()?, proof).await;
    let user = proven.map_err(|error| visit.refuse_code(error))?;
    Ok(HttpResponse::Ok().json(Proven { user: (&user).into() }))
}
