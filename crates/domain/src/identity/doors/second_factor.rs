//! What becomes of a sign-in whose user has a second factor.

use super::{Doors, Proven, SignIn};
use crate::audit::{Action, AuditEvent};
use crate::identity::error::IdentityError;
use crate::identity::random;
use crate::identity::two_factor::{
    CHALLENGE_LIFETIME, ChallengeId, DeviceId, DeviceRenewal, NewChallenge, NewDevice, SecondFactorNeeded,
};
use crate::identity::visitor::Visitor;

/// What a user who gave the right password still needs.
pub(super) enum Needs {
    Nothing,
    /// Nothing either: the device is trusted, and gets a new name.
    Renewal(DeviceRenewal),
    SecondFactor {
        totp: bool,
    },
}

impl Doors {
    pub(super) async fn needs(&self, sign_in: &SignIn, Proven { user, .. }: &Proven) -> Result<Needs, IdentityError> {
        if !user.two_factor_enabled {
            return Ok(Needs::Nothing);
        }
        let now = self.ports.clock.now();
        let claim = sign_in.device.as_deref();
        let device = claim.and_then(|claim| DeviceId::claimed(claim, &user.id, &*self.ports.signer));
        let standing = self.ports.two_factors.standing(&user.id, device.as_ref(), now).await?;
        Ok(match device.filter(|_| standing.trusts_device) {
            Some(from) => Needs::Renewal(DeviceRenewal { from, to: NewDevice::generate(&*self.ports.entropy, now) }),
            None => Needs::SecondFactor { totp: standing.confirmed },
        })
    }

    /// Lets a sign-in wait for the second factor.
    pub(super) async fn challenge(
        &self,
        visitor: &Visitor,
        proven: Proven,
        totp: bool,
    ) -> Result<SecondFactorNeeded, IdentityError> {
        let Proven { user, hash, rehash } = proven;
        let (now, entropy) = (self.ports.clock.now(), &*self.ports.entropy);
        let challenge = NewChallenge {
            record_ids: [random::record_id(entropy), random::record_id(entropy)],
            challenge: ChallengeId::generate(entropy),
            event: AuditEvent::of(Action::TwoFactorRequested, &user.id, visitor, now),
            user_id: user.id,
            rehash: rehash.map(|better| (hash, better)),
            expires_at: now + CHALLENGE_LIFETIME,
            at: now,
        };
        self.ports.two_factors.challenge(&challenge).await?;
        challenge.event.log();
        Ok(SecondFactorNeeded { challenge: challenge.challenge, totp })
    }
}
