use std::fmt;

use chrono::{DateTime, Utc};

use crate::entropy::Entropy;
use crate::id::UserId;
use crate::identity::ports::Signer;
use crate::identity::random;

const PREFIX: &str = "trust-device-";
const LENGTH: usize = 32;

/// Names a device that its user trusts. Whoever has it needs no second factor, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceId(String);

impl DeviceId {
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(format!("{PREFIX}{}", random::text(entropy, random::URL_SAFE, LENGTH)))
    }

    /// `None` for what names something else.
    pub fn parse(value: &str) -> Option<Self> {
        random::is_text(value.strip_prefix(PREFIX)?, random::URL_SAFE, LENGTH).then(|| Self(value.to_owned()))
    }

    /// The device that the value of a cookie claims to be, if the claim was made for this user.
    pub fn claimed(value: &str, user_id: &UserId, signer: &dyn Signer) -> Option<Self> {
        let id = Self::parse(value.split_once('!')?.1)?;
        (TrustedDevice::of(&id, user_id, signer).0 == value).then_some(id)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceId(…)")
    }
}

/// A device that becomes trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// Of the record.
    pub record_id: String,
    pub id: DeviceId,
    pub trusted_until: DateTime<Utc>,
}

impl NewDevice {
    pub fn generate(entropy: &dyn Entropy, now: DateTime<Utc>) -> Self {
        Self {
            record_id: random::record_id(entropy),
            id: DeviceId::generate(entropy),
            trusted_until: now + super::DEVICE_TRUSTED_FOR,
        }
    }
}

/// A trusted device gets another name. Each name lets in once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRenewal {
    pub from: DeviceId,
    pub to: NewDevice,
}

/// What a trusted device keeps, as Better Auth writes it: a mark that binds it to its user, `!`, and its name.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustedDevice(String);

impl TrustedDevice {
    pub fn of(id: &DeviceId, user_id: &UserId, signer: &dyn Signer) -> Self {
        let signed = signer.sign(&format!("{}!{}", user_id.as_str(), id.as_str()));
        let signature = signed.rsplit('.').next().unwrap_or_default();
        // The mark is the signature in base64url, without padding.
        let mark = signature.trim_end_matches('=').replace('+', "-").replace('/', "_");
        Self(format!("{mark}!{}", id.as_str()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TrustedDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrustedDevice(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::MockSigner;
    use crate::testing::CountingEntropy;
    use crate::testing::fixtures::user_id;

    fn signer() -> MockSigner {
        let mut signer = MockSigner::new();
        signer.expect_sign().returning(|value| format!("{value}.{}+/=", value.len()));
        signer
    }

    #[test]
    fn a_device_is_trusted_by_its_user_only() {
        let (ann, bob) = (user_id("ann"), user_id("robert"));
        let id = DeviceId::generate(&CountingEntropy::default());
        let device = TrustedDevice::of(&id, &ann, &signer());
        assert_eq!(device.as_str(), format!("49-_!{}", id.as_str()));
        assert_eq!(DeviceId::claimed(device.as_str(), &ann, &signer()), Some(id.clone()));
        assert_eq!(DeviceId::claimed(device.as_str(), &bob, &signer()), None);
        for refused in ["", "!", id.as_str(), &format!("49-_{}", id.as_str()), "49-_!2fa-aaaaaaaaaaaaaaaaaaaa"] {
            assert_eq!(DeviceId::claimed(refused, &ann, &signer()), None, "{refused}");
        }
    }

    #[test]
    fn devices_are_not_shown() {
        let new = NewDevice::generate(&CountingEntropy::default(), DateTime::UNIX_EPOCH);
        let device = TrustedDevice::of(&new.id, &user_id("ann"), &signer());
        assert!(!format!("{new:?} {device:?}").contains("trust-device-"));
    }
}
