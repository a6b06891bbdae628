use std::sync::Arc;

use chrono::TimeDelta;

use super::fixtures::noon;
use super::{CountingEntropy, FixedClock};
use crate::block::{BlockService, MockBlockStore};
use crate::identity::{
    IdentityPolicy, IdentityPorts, MockAccountStore, MockCallerCache, MockOutbox, MockPasswordHasher,
    MockSecondFactors, MockSessionStore, MockSigner, MockTwoFactorStore, MockUserStore, MockVerificationStore,
    SessionPolicy, StepUpPolicy, TrustedOrigins, VerifiedEmail,
};
use crate::limit::MockRateLimiter;

/// The ports of the identity services: each fails the test if it is called and was not told what to answer. It is noon.
pub struct MockIdentity {
    pub users: MockUserStore,
    pub sessions: MockSessionStore,
    pub accounts: MockAccountStore,
    pub verifications: MockVerificationStore,
    pub two_factors: MockTwoFactorStore,
    pub outbox: MockOutbox,
    pub passwords: MockPasswordHasher,
    pub factors: MockSecondFactors,
    pub signer: MockSigner,
    pub callers: MockCallerCache,
    pub clock: Arc<FixedClock>,
}

impl Default for MockIdentity {
    fn default() -> Self {
        Self {
            users: MockUserStore::new(),
            sessions: MockSessionStore::new(),
            accounts: MockAccountStore::new(),
            verifications: MockVerificationStore::new(),
            two_factors: MockTwoFactorStore::new(),
            outbox: MockOutbox::new(),
            passwords: MockPasswordHasher::new(),
            factors: MockSecondFactors::new(),
            signer: MockSigner::new(),
            callers: MockCallerCache::new(),
            clock: Arc::new(FixedClock::at(noon())),
        }
    }
}

impl MockIdentity {
    pub fn ports(self) -> IdentityPorts {
        IdentityPorts {
            users: Arc::new(self.users),
            sessions: Arc::new(self.sessions),
            accounts: Arc::new(self.accounts),
            verifications: Arc::new(self.verifications),
            two_factors: Arc::new(self.two_factors),
            outbox: Arc::new(self.outbox),
            passwords: Arc::new(self.passwords),
            factors: Arc::new(self.factors),
            signer: Arc::new(self.signer),
            callers: Arc::new(self.callers),
            clock: self.clock,
            entropy: Arc::new(CountingEntropy::default()),
        }
    }
}

/// Blocks that nobody has made, and that failed sign-ins do not lead to.
pub fn no_blocks() -> Arc<BlockService> {
    let (store, limiter) = (Arc::new(MockBlockStore::new()), Arc::new(MockRateLimiter::new()));
    Arc::new(BlockService::new(store, limiter, Arc::new(FixedClock::at(noon())), false))
}

/// Better Auth's own, for `https://api.example.com`, with mail.
pub fn identity_policy() -> IdentityPolicy {
    IdentityPolicy {
        sessions: SessionPolicy::default(),
        step_up: StepUpPolicy::default(),
        token_lifetime: TimeDelta::minutes(15),
        app_name: "Hexado".to_owned(),
        origin: "https://api.example.com".to_owned(),
        trusted: TrustedOrigins::new(vec!["https://app.example.com".to_owned()]),
        verified_email: VerifiedEmail::default(),
        mail: true,
        link_lifetime: TimeDelta::hours(1),
    }
}
