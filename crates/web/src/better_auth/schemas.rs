//! What the document says of the wire. Reading requests is the handlers', writing answers `answer.rs`'s.

#![expect(dead_code, reason = "these types are read by the OpenAPI document only")]

mod admin;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) use self::admin::*;

#[derive(ToSchema)]
#[schema(as = WireSignUp)]
pub(super) struct SignUpEmail {
    #[schema(max_length = 100, example = "Ann")]
    name: String,
    #[schema(max_length = 200, example = "ann@example.com")]
    email: String,
    /// Lengths are in UTF-16 code units.
    #[schema(min_length = 8, max_length = 128, example = "correct horse battery staple")]
    password: String,
    #[schema(max_length = 500, nullable = false)]
    image: Option<String>,
    #[schema(rename = "callbackURL", nullable = false)]
    callback_url: Option<String>,
    #[schema(rename = "rememberMe", default = true, nullable = false)]
    remember_me: Option<bool>,
}

#[derive(ToSchema)]
#[schema(as = WireSignIn)]
pub(super) struct SignInEmail {
    #[schema(example = "ann@example.com")]
    email: String,
    #[schema(example = "correct horse battery staple")]
    password: String,
    #[schema(rename = "rememberMe", default = true, nullable = false)]
    remember_me: Option<bool>,
    #[schema(rename = "callbackURL", nullable = false)]
    callback_url: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireRevokeSession)]
pub(super) struct RevokeSession {
    /// Token of the session.
    token: String,
}

#[derive(ToSchema)]
#[schema(as = WireUpdateUser)]
pub(super) struct UpdateUser {
    #[schema(max_length = 100, nullable = false)]
    name: Option<String>,
    /// `null` clears it.
    #[schema(max_length = 500)]
    image: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireChangePassword, rename_all = "camelCase")]
pub(super) struct ChangePassword {
    current_password: String,
    #[schema(min_length = 8, max_length = 128)]
    new_password: String,
    #[schema(default = false, nullable = false)]
    revoke_other_sessions: Option<bool>,
}

#[derive(ToSchema)]
#[schema(as = WireVerifyPassword)]
pub(super) struct VerifyPassword {
    password: String,
}

#[derive(ToSchema)]
#[schema(as = WireChangeEmail)]
pub(super) struct ChangeEmail {
    #[schema(rename = "newEmail", max_length = 200)]
    new_email: String,
    #[schema(rename = "callbackURL", nullable = false)]
    callback_url: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireDeleteUser)]
pub(super) struct DeleteUser {
    #[schema(nullable = false)]
    password: Option<String>,
    #[schema(nullable = false)]
    token: Option<String>,
    #[schema(rename = "callbackURL", nullable = false)]
    callback_url: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireRequestPasswordReset)]
pub(super) struct RequestPasswordReset {
    email: String,
    /// The page that asks for the new password.
    #[schema(rename = "redirectTo", nullable = false)]
    redirect_to: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireResetPassword)]
pub(super) struct ResetPassword {
    #[schema(rename = "newPassword", min_length = 8, max_length = 128)]
    new_password: String,
    #[schema(nullable = false)]
    token: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireSendVerificationEmail)]
pub(super) struct SendVerificationEmail {
    email: String,
    #[schema(rename = "callbackURL", nullable = false)]
    callback_url: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireUnlinkAccount)]
pub(super) struct UnlinkAccount {
    /// The `id` of the account.
    #[schema(rename = "accountId")]
    account_id: String,
}

#[derive(ToSchema)]
#[schema(as = WireProvider)]
pub(super) struct Provider {
    #[schema(example = "github")]
    provider: String,
}

#[derive(ToSchema)]
#[schema(as = WireProviderAccount)]
pub(super) struct ProviderAccount {
    #[schema(rename = "accountId", nullable = false)]
    account_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WireUser, rename_all = "camelCase")]
pub(super) struct User {
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    role: Option<String>,
    banned: bool,
    ban_reason: Option<String>,
    ban_expires: Option<DateTime<Utc>>,
    two_factor_enabled: bool,
    id: String,
}

#[derive(ToSchema)]
#[schema(as = WireSession, rename_all = "camelCase")]
pub(super) struct Session {
    expires_at: DateTime<Utc>,
    token: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    ip_address: String,
    user_agent: String,
    user_id: String,
    impersonated_by: Option<String>,
    id: String,
}

#[derive(ToSchema)]
#[schema(as = WireOneUser)]
pub(super) struct OneUser {
    user: User,
}

#[derive(ToSchema)]
#[schema(as = WireUsers)]
pub(super) struct Users {
    users: Vec<User>,
    total: u64,
    /// As it was given.
    #[schema(nullable = false)]
    limit: Option<u32>,
    /// As it was given.
    #[schema(nullable = false)]
    offset: Option<u32>,
}

#[derive(ToSchema)]
#[schema(as = WireSessions)]
pub(super) struct Sessions {
    /// `token` is the id.
    sessions: Vec<Session>,
}

#[derive(ToSchema)]
#[schema(as = WireAccount, rename_all = "camelCase")]
pub(super) struct Account {
    account_id: String,
    provider_id: String,
    user_id: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    id: String,
    scopes: Vec<String>,
}

#[derive(ToSchema)]
#[schema(as = WireSessionAndUser)]
pub(super) struct SessionAndUser {
    session: Session,
    user: User,
}

#[derive(ToSchema)]
#[schema(as = WireEntered)]
pub(super) struct Entered {
    token: Option<String>,
    user: User,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WireSignedIn)]
pub(super) struct SignedIn {
    redirect: bool,
    token: String,
    #[schema(nullable = false)]
    url: Option<String>,
    user: User,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WireTwoFactorRedirect, rename_all = "camelCase")]
pub(super) struct TwoFactorRedirect {
    #[schema(example = true)]
    two_factor_redirect: bool,
    #[schema(example = json!(["totp"]))]
    two_factor_methods: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WireSignInAnswer)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "it is described, and never made")]
pub(super) enum SignInAnswer {
    SignedIn(SignedIn),
    TwoFactorRedirect(TwoFactorRedirect),
}

#[derive(ToSchema)]
#[schema(as = WireEnableTwoFactor)]
pub(super) struct EnableTwoFactor {
    password: String,
    /// What the app shows; else our own name.
    #[schema(max_length = 100, nullable = false)]
    issuer: Option<String>,
    /// `totp`; codes by mail or SMS (`otp`) are not sent here.
    #[schema(default = "totp", nullable = false)]
    method: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireTwoFactorPrepared)]
pub(super) struct TwoFactorPrepared {
    #[schema(example = "totp")]
    method: String,
    /// The text of the QR code. It holds the secret.
    #[schema(rename = "totpURI")]
    totp_uri: String,
    #[schema(rename = "backupCodes", example = json!(["6cfUi-JaLjI"]))]
    backup_codes: Vec<String>,
}

#[derive(ToSchema)]
#[schema(as = WireTotpUri)]
pub(super) struct TotpUri {
    #[schema(rename = "totpURI")]
    totp_uri: String,
}

#[derive(ToSchema)]
#[schema(as = WireNewBackupCodes)]
pub(super) struct NewBackupCodes {
    #[schema(example = true)]
    status: bool,
    #[schema(rename = "backupCodes")]
    backup_codes: Vec<String>,
}

#[derive(ToSchema)]
#[schema(as = WireVerifyTotp)]
pub(super) struct VerifyTotp {
    #[schema(example = "017048")]
    code: String,
    /// Whether this device needs no second factor for 30 days from its last sign-in.
    #[schema(rename = "trustDevice", default = false, nullable = false)]
    trust_device: Option<bool>,
}

#[derive(ToSchema)]
#[schema(as = WireVerifyBackupCode)]
pub(super) struct VerifyBackupCode {
    #[schema(example = "6cfUi-JaLjI")]
    code: String,
    #[schema(rename = "disableSession", default = false, nullable = false)]
    disable_session: Option<bool>,
    #[schema(rename = "trustDevice", default = false, nullable = false)]
    trust_device: Option<bool>,
}
