use super::*;
use crate::identity::MockSigner;
use crate::identity::two_factor::{DeviceId, Standing};

/// Ann has a second factor, and this is what the store says of it and of her device.
fn enrolled(confirmed: bool, trusts_device: bool) -> MockIdentity {
    with_password(Verdict::Right, confirmed, trusts_device)
}

fn with_password(verdict: Verdict, confirmed: bool, trusts_device: bool) -> MockIdentity {
    let mut identity = ann(User { two_factor_enabled: true, ..user("ann") }, verdict);
    identity
        .two_factors
        .expect_standing()
        .returning(move |_, device, _| Ok(Standing { confirmed, trusts_device: trusts_device && device.is_some() }));
    identity.signer = signer();
    identity
}

fn signer() -> MockSigner {
    let mut signer = MockSigner::new();
    signer.expect_sign().returning(|value| format!("{value}.{}+/=", value.len()));
    signer
}

/// What the device of this user keeps.
fn device_of(user: &str) -> TrustedDevice {
    let id = DeviceId::parse(&format!("trust-device-{}", "x".repeat(32))).unwrap();
    TrustedDevice::of(&id, &user_id(user), &signer())
}

fn coming_from(device: &TrustedDevice) -> SignIn {
    SignIn { device: Some(device.as_str().to_owned()), ..sign_in() }
}

#[tokio::test]
async fn who_has_a_second_factor_is_asked_for_it_and_gets_no_session() {
    for totp in [true, false] {
        let mut identity = enrolled(totp, false);
        identity
            .two_factors
            .expect_challenge()
            .withf(|challenge| {
                challenge.user_id == user_id("ann")
                    && challenge.expires_at == noon() + TimeDelta::minutes(10)
                    && challenge.record_ids[0] != challenge.record_ids[1]
                    && challenge.rehash.is_none()
            })
            .once()
            .returning(|_| Ok(()));
        let entrance = doors(identity).sign_in(&Visitor::default(), sign_in()).await.unwrap();
        assert!(matches!(entrance, Entrance::SecondFactor(needed) if needed.totp == totp));
    }
}

#[tokio::test]
async fn a_hash_of_an_old_kind_is_replaced_while_the_second_factor_is_asked_for() {
    let mut identity = with_password(Verdict::RightButOld, true, false);
    identity.passwords.expect_hash().returning(|_| Ok(hash("new")));
    let both = Some((hash("stored"), hash("new")));
    identity.two_factors.expect_challenge().withf(move |made| made.rehash == both).once().returning(|_| Ok(()));
    assert!(doors(identity).sign_in(&Visitor::default(), sign_in()).await.is_ok());
}

#[tokio::test]
async fn a_trusted_device_needs_no_second_factor_and_gets_a_new_name() {
    let mut identity = enrolled(true, true);
    let device = device_of("ann");
    let from = DeviceId::claimed(device.as_str(), &user_id("ann"), &identity.signer);
    identity
        .sessions
        .expect_open()
        .withf(move |opening| {
            let renewal = opening.renewal.as_ref().unwrap();
            Some(&renewal.from) == from.as_ref() && renewal.to.trusted_until == noon() + TimeDelta::days(30)
        })
        .once()
        .returning(|_| Ok(true));
    let Entrance::Open(passed) = doors(identity).sign_in(&Visitor::default(), coming_from(&device)).await.unwrap()
    else {
        panic!("the device is trusted");
    };
    assert!(passed.device.is_some_and(|renewed| renewed != device));
    assert_eq!(passed.signed_in.session.amr.as_deref(), Some("pwd"));
}

#[tokio::test]
async fn a_device_that_another_user_trusts_or_nobody_is_no_excuse() {
    for (trusts, device) in [(true, device_of("robert")), (false, device_of("ann"))] {
        let mut identity = enrolled(true, trusts);
        identity.two_factors.expect_challenge().once().returning(|_| Ok(()));
        let entrance = doors(identity).sign_in(&Visitor::default(), coming_from(&device)).await.unwrap();
        assert!(matches!(entrance, Entrance::SecondFactor(_)));
    }
}

#[tokio::test]
async fn without_a_second_factor_no_device_is_looked_up() {
    let mut identity = ann(user("ann"), Verdict::Right);
    identity.sessions.expect_open().withf(|opening| opening.renewal.is_none()).once().returning(|_| Ok(true));
    let sign_in = SignIn { device: Some("mark!trust-device-x".to_owned()), ..sign_in() };
    assert!(doors(identity).sign_in(&Visitor::default(), sign_in).await.is_ok());
}
