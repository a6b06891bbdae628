use chrono::TimeDelta;

use super::{device, device_id, entering, totp};
use crate::identity::{DeviceRenewal, Entry, Opening, Standing, TwoFactor, Use};
use crate::testing::IdentityStores;
use crate::testing::fixtures::{noon, user_id};
use crate::testing::identity_stores::{hash, named_session, opening};
use crate::testing::task_store_contract::join_all;

impl IdentityStores {
    /// Lets somebody sign in who trusts their device from then on.
    pub(super) async fn trust(&self, two_factor: &TwoFactor, number: usize) {
        self.wait(two_factor.user_id.as_str(), number).await;
        let step = 1000 + i64::try_from(number).unwrap();
        let used = entering(totp(two_factor, step), number);
        let entry = used.entry.clone().map(|entry| Entry { device: Some(device(number)), ..entry });
        assert!(self.two_factors.use_code(&Use { entry, ..used }).await.unwrap());
    }

    async fn trusts(&self, user: &str, number: usize) -> bool {
        let standing = self.two_factors.standing(&user_id(user), Some(&device_id(number)), noon()).await.unwrap();
        standing.trusts_device
    }
}

/// Somebody signs in from one device, which gets another name.
fn from(user: &str, from: usize, to: usize) -> Opening {
    let renewal = Some(DeviceRenewal { from: device_id(from), to: device(to) });
    Opening {
        compared: Some(hash(&format!("{user}:hash"))),
        renewal,
        ..opening(named_session(user, &format!("from-{to}")))
    }
}

pub async fn a_trusted_device_is_known_for_its_time(stores: &IdentityStores) {
    stores.sign_up("bob").await;
    let standing = async |user: &str, device: Option<usize>, now| {
        let device = device.map(device_id);
        stores.two_factors.standing(&user_id(user), device.as_ref(), now).await.unwrap()
    };
    let nothing = Standing { confirmed: false, trusts_device: false };
    assert_eq!(standing("bob", Some(1), noon()).await, nothing);
    let ann = stores.enrolled("ann").await;
    stores.trust(&ann, 1).await;
    let (untrusted, trusted) =
        (Standing { confirmed: true, ..nothing }, Standing { confirmed: true, trusts_device: true });
    let end = device(1).trusted_until;
    assert_eq!(standing("ann", None, noon()).await, untrusted);
    assert_eq!(standing("ann", Some(1), end - TimeDelta::milliseconds(1)).await, trusted);
    assert_eq!(standing("ann", Some(1), end).await, untrusted);
    assert_eq!(standing("ann", Some(2), noon()).await, untrusted);
    assert_eq!(standing("bob", Some(1), noon()).await, nothing);
}

pub async fn a_trusted_device_lets_in_once_and_gets_a_new_name(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    stores.enrolled("bob").await;
    stores.trust(&ann, 1).await;
    assert!(!stores.sessions.open(&from("bob", 1, 9)).await.unwrap(), "another's");
    let wrong = Opening { compared: Some(hash("another")), ..from("ann", 1, 9) };
    assert!(!stores.sessions.open(&wrong).await.unwrap(), "another password");
    assert!(stores.trusts("ann", 1).await);
    assert!(stores.sessions.open(&from("ann", 1, 2)).await.unwrap());
    assert!(!stores.sessions.open(&from("ann", 1, 3)).await.unwrap(), "an old name");
    assert!(!stores.trusts("ann", 1).await && stores.trusts("ann", 2).await && !stores.trusts("ann", 3).await);
    assert_eq!(stores.tokens_of("ann").await, ["ann-1", "ann-first", "from-2"]);
    assert_eq!(stores.tokens_of("bob").await, ["bob-first"]);
}

pub async fn of_many_sign_ins_from_one_device_at_once_one_succeeds(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    stores.trust(&ann, 1).await;
    let openings: Vec<_> = (2..10).map(|number| from("ann", 1, number)).collect();
    let results = join_all(openings.iter().map(|opening| stores.sessions.open(opening))).await;
    assert_eq!(results.into_iter().map(Result::unwrap).filter(|opened| *opened).count(), 1);
    assert_eq!(stores.tokens_of("ann").await.len(), 3);
}

pub async fn a_password_alone_opens_nothing_for_who_has_a_second_factor(stores: &IdentityStores) {
    stores.enrolled("ann").await;
    let alone = Opening { compared: Some(hash("ann:hash")), ..opening(named_session("ann", "alone")) };
    assert!(!stores.sessions.open(&alone).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await, ["ann-first"]);
}
