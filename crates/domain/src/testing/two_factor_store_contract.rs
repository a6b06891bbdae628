//! The contract of [`TwoFactorStore`](crate::identity::TwoFactorStore), and of opening sessions from trusted devices. Run
//! against every adapter with [`two_factor_store_clauses!`](crate::two_factor_store_clauses), on stores that are empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

mod codes;
mod devices;
mod enrolment;
mod limits;

use chrono::TimeDelta;

pub use codes::*;
pub use devices::*;
pub use enrolment::*;
pub use limits::*;

use super::IdentityStores;
use super::fixtures::{auth_event, noon, user_id};
use super::identity_stores::named_session;
use crate::audit::Action;
use crate::identity::{
    AcceptedCode, ChallengeId, Confirmation, DeviceId, Enrolling, Entry, NewChallenge, NewDevice, Sealed, TwoFactor,
    Use,
};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! two_factor_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_prepared_second_factor_is_prepared_anew_until_it_is_confirmed
            of_many_enrolments_at_once_one_row_comes
            confirming_enables_it_and_replaces_the_session
            a_second_factor_that_changed_since_it_was_read_is_not_confirmed
            of_many_confirmations_by_one_code_one_succeeds
            disabling_takes_it_away_and_replaces_the_session
            a_session_that_has_ended_disables_nothing
            backup_codes_are_replaced
            a_code_opens_the_session_that_waits
            a_step_is_accepted_once_and_none_before_it
            of_many_uses_of_one_code_at_once_one_succeeds
            of_many_uses_of_one_backup_code_at_once_one_succeeds
            a_code_is_spent_without_a_session
            a_code_tells_how_the_user_of_the_session_proved_who_they_are
            a_code_that_is_given_in_a_session_that_has_ended_is_refused_and_spent
            a_sign_in_is_finished_in_its_time_and_once
            who_has_another_second_factor_by_now_is_not_let_in
            a_better_hash_is_stored_while_a_sign_in_waits
            a_sign_in_has_five_tries
            of_many_tries_of_one_sign_in_at_once_five_are_granted
            ten_wrong_codes_lock_the_second_factor_for_a_while
            of_many_tries_at_once_ten_are_granted
            a_right_code_begins_the_count_anew
            a_trusted_device_is_known_for_its_time
            a_trusted_device_lets_in_once_and_gets_a_new_name
            of_many_sign_ins_from_one_device_at_once_one_succeeds
            a_password_alone_opens_nothing_for_who_has_a_second_factor
            no_device_is_trusted_after_disabling
        }
    };
}

pub(super) fn sealed(text: &str) -> Sealed {
    Sealed::from_stored(text.to_owned())
}

pub(super) fn challenge_id(number: usize) -> ChallengeId {
    ChallengeId::parse(&format!("2fa-{number:0>20}")).unwrap()
}

pub(super) fn device_id(number: usize) -> DeviceId {
    DeviceId::parse(&format!("trust-device-{number:0>32}")).unwrap()
}

pub(super) fn device(number: usize) -> NewDevice {
    let trusted_until = noon() + TimeDelta::days(30);
    NewDevice { record_id: format!("device-{number}"), id: device_id(number), trusted_until }
}

pub(super) fn enrolling(user: &str, id: &str) -> Enrolling {
    Enrolling {
        id: id.to_owned(),
        user_id: user_id(user),
        secret: sealed(&format!("{id}:secret")),
        backup_codes: sealed(&format!("{id}:codes")),
        event: auth_event(Action::TwoFactorPrepared, user),
    }
}

pub(super) fn confirmation(two_factor: &TwoFactor, step: i64, ends: &str, begins: &str) -> Confirmation {
    let user = two_factor.user_id.as_str();
    Confirmation {
        two_factor: two_factor.clone(),
        step,
        ends: named_session(user, ends).id,
        begins: named_session(user, begins),
        event: auth_event(Action::TwoFactorEnabled, user),
    }
}

/// A use of the code of a step, in a session.
pub(super) fn totp(two_factor: &TwoFactor, step: i64) -> Use {
    Use {
        two_factor: two_factor.clone(),
        code: AcceptedCode::Totp(step),
        entry: None,
        session: None,
        event: auth_event(Action::TwoFactorPassed, two_factor.user_id.as_str()),
        at: noon(),
    }
}

/// The same, for a sign-in that waits; the session has the name of its user and of the challenge.
pub(super) fn entering(used: Use, challenge: usize) -> Use {
    let user = used.two_factor.user_id.as_str();
    let entry = Entry {
        challenge: challenge_id(challenge),
        session: named_session(user, &format!("{user}-{challenge}")),
        device: None,
        lift_ban: false,
    };
    Use { entry: Some(entry), ..used }
}

impl IdentityStores {
    pub(super) async fn two_factor_of(&self, user: &str) -> TwoFactor {
        self.two_factors.find(&user_id(user)).await.unwrap().unwrap()
    }

    /// A user with a confirmed second factor, signed in with the token `first`. Step 100 is spent.
    pub(super) async fn enrolled(&self, user: &str) -> TwoFactor {
        self.sign_up(user).await;
        self.open(user, &format!("{user}-enrolling")).await;
        assert!(self.two_factors.enrol(&enrolling(user, &format!("{user}-factor"))).await.unwrap());
        let prepared = self.two_factor_of(user).await;
        let first = confirmation(&prepared, 100, &format!("{user}-enrolling"), &format!("{user}-first"));
        assert!(self.two_factors.confirm(&first).await.unwrap());
        self.two_factor_of(user).await
    }

    /// A sign-in that waits until ten minutes after noon.
    pub(super) async fn wait(&self, user: &str, number: usize) -> ChallengeId {
        let challenge = NewChallenge {
            record_ids: [format!("waiting-{number}"), format!("tried-{number}")],
            challenge: challenge_id(number),
            user_id: user_id(user),
            rehash: None,
            expires_at: noon() + TimeDelta::minutes(10),
            event: auth_event(Action::TwoFactorRequested, user),
            at: noon(),
        };
        self.two_factors.challenge(&challenge).await.unwrap();
        challenge.challenge
    }
}

lists_every_clause!(
    two_factor_store_clauses,
    "two_factor_store_contract/codes.rs",
    "two_factor_store_contract/devices.rs",
    "two_factor_store_contract/enrolment.rs",
    "two_factor_store_contract/limits.rs"
);
