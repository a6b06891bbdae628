use chrono::TimeDelta;

use super::link::TrustedOrigins;
use super::session::SessionPolicy;
use super::step_up::StepUpPolicy;

/// How identities are handled here.
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    pub sessions: SessionPolicy,
    pub step_up: StepUpPolicy,
    /// How long our JWTs are good.
    pub token_lifetime: TimeDelta,
    /// What authenticator apps call us.
    pub app_name: String,
    /// Under which origin clients reach us: issuer and audience of our JWTs.
    pub origin: String,
    /// Pages that mails and redirects may lead to.
    pub trusted: TrustedOrigins,
    pub verified_email: VerifiedEmail,
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

/// What a user may do only once their address is verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerifiedEmail {
    /// Nothing.
    #[default]
    Optional,
    /// Change something.
    ToWrite,
    /// Sign in, and whatever needs a caller.
    Always,
}

impl VerifiedEmail {
    pub fn is_needed_to_sign_in(self) -> bool {
        self == Self::Always
    }

    pub fn is_needed_to(self, intent: Intent) -> bool {
        match self {
            Self::Optional => false,
            Self::ToWrite => intent == Intent::Write,
            Self::Always => true,
        }
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    Read,
    Write,
}
