use chrono::TimeDelta;

use super::link::TrustedOrigins;
use super::session::SessionPolicy;

/// How identities are handled here.
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    pub sessions: SessionPolicy,
    /// How long our JWTs are good.
    pub token_lifetime: TimeDelta,
    /// What authenticator apps call us.
    pub app_name: String,
    /// Under which origin clients reach us: issuer and audience of our JWTs.
    pub origin: String,
    /// Pages that mails and redirects may lead to.
    pub trusted: TrustedOrigins,
    /// Whether only verified addresses may sign in.
    pub require_verified_email: bool,
    /// Whether mail can be sent.
    pub mail: bool,
    /// How long a mailed link works.
    pub link_lifetime: TimeDelta,
}

impl IdentityPolicy {
    /// Where Better Auth's wire is served.
    pub fn base(&self) -> String {
        format!("{}/api/auth", self.origin)
    }
}
