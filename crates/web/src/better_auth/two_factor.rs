//! The second factor. Codes by mail or SMS are not configured here, and the answers are those of an instance without them.

mod disable;
mod enable;
mod generate_backup_codes;
mod get_totp_uri;
mod send_otp;
mod verify_backup_code;
mod verify_otp;
mod verify_totp;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use hexado_domain::identity::{Passed, Proof, SignedIn, TwoFactorError, Verified};

use super::answer::Entered;
use super::error::WireError;
use super::visit::Visit;

use crate::routes::Routes;

pub(super) fn register(routes: &mut Routes<'_>) {
    routes
        .service(enable::enable)
        .service(disable::disable)
        .service(get_totp_uri::get_totp_uri)
        .service(verify_totp::verify_totp)
        .service(generate_backup_codes::generate_backup_codes)
        .service(verify_backup_code::verify_backup_code)
        .service(send_otp::send_otp)
        .service(verify_otp::verify_otp);
}

/// Proves the second factor in the session of the request, or finishes the sign-in that waits for it.
async fn verify(visit: &Visit, proof: Proof<'_>, trust: bool) -> Result<HttpResponse, WireError> {
    match visit.find_session(true).await? {
        Some(by) => verify_in_session(visit, &by, proof).await,
        None => finish_sign_in(visit, proof, trust).await,
    }
}

async fn verify_in_session(visit: &Visit, by: &SignedIn, proof: Proof<'_>) -> Result<HttpResponse, WireError> {
    let (service, remember) = (&visit.deps().two_factor, visit.remembers());
    let Verified { signed_in, confirmed } = service.verify(&visit.visitor(), by, proof, remember).await?;
    if confirmed {
        visit.hand_out(&signed_in.session, remember);
    }
    Ok(entered(&signed_in))
}

async fn finish_sign_in(visit: &Visit, proof: Proof<'_>, trust: bool) -> Result<HttpResponse, WireError> {
    let (service, remember) = (&visit.deps().two_factor, visit.remembers());
    let challenge = visit.challenge()?;
    let passed = service.pass(&visit.visitor(), &challenge, proof, remember, trust).await;
    let Passed { signed_in, device } = passed.map_err(|error| visit.refuse_code(error))?;
    visit.hand_out(&signed_in.session, remember);
    visit.cookies(|cookies, request, signer| {
        cookies.end_challenge(request);
        if let Some(device) = &device {
            cookies.trust(request, signer, device);
            cookies.remember_from_now_on(request);
        }
    });
    Ok(entered(&signed_in))
}

fn entered(SignedIn { session, user }: &SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(Entered { token: Some(session.token.as_str()), user: user.into() })
}

/// What the wire says instead.
pub(super) fn refusal(error: TwoFactorError) -> WireError {
    const LOCKED: &str = "Too many failed verification attempts. Your account is temporarily locked. Please try again \
        later.";
    let bad = |code, message: &'static str| WireError::bad_request(code, message);
    let unproven = |code, message: &'static str| WireError::new(StatusCode::UNAUTHORIZED, code, message);
    match error {
        TwoFactorError::NotEnabled => bad("TWO_FACTOR_NOT_ENABLED", "Two factor isn't enabled"),
        TwoFactorError::TotpNotEnabled => bad("TOTP_NOT_ENABLED", "TOTP not enabled"),
        TwoFactorError::TotpAlreadyEnabled => bad("TOTP_ALREADY_ENABLED", "TOTP is already enabled"),
        TwoFactorError::BackupCodesNotEnabled => bad("BACKUP_CODES_NOT_ENABLED", "Backup codes aren't enabled"),
        TwoFactorError::CodeMissing | TwoFactorError::WrongCode => unproven("INVALID_CODE", "Invalid code"),
        TwoFactorError::WrongBackupCode => unproven("INVALID_BACKUP_CODE", "Invalid backup code"),
        TwoFactorError::NoChallenge => unproven("INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie"),
        TwoFactorError::TooManyAttempts => {
            bad("TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", "Too many attempts. Please request a new code.")
        }
        TwoFactorError::Locked => WireError::new(StatusCode::TOO_MANY_REQUESTS, "ACCOUNT_TEMPORARILY_LOCKED", LOCKED),
    }
}
