use super::*;
use crate::error::ErrorKind;
use crate::id::UserId;
use crate::testing::fixtures::{noon, session, user_id};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

fn authentication(age: TimeDelta, second_factor: bool, place: Place) -> Authentication {
    Authentication { at: Some(noon() - age), second_factor, place }
}

fn code(result: Result<(), StepUpError>) -> Result<(), &'static str> {
    result.map_err(StepUpError::code)
}

fn check(authentication: Authentication, has_second_factor: bool) -> Result<(), &'static str> {
    code(StepUpPolicy::default().check(authentication, has_second_factor, noon()))
}

#[test]
fn an_authentication_does_if_it_is_recent_and_has_the_second_factor_of_who_has_one() {
    let (required, impersonated) = (Err("step_up_required"), Err("impersonated"));
    for place in [Place::Session, Place::Elsewhere] {
        for (age, second_factor, has_second_factor, expected) in [
            (TimeDelta::zero(), false, false, Ok(())),
            (MINUTE * 10 - TimeDelta::milliseconds(1), false, false, Ok(())),
            (MINUTE * 10, false, false, required),
            (-MINUTE, false, false, Ok(())),
            (-MINUTE - TimeDelta::milliseconds(1), false, false, required),
            (MINUTE, false, true, required),
            (MINUTE, true, true, Ok(())),
            (MINUTE * 10, true, true, required),
            (MINUTE, true, false, Ok(())),
        ] {
            let result = check(authentication(age, second_factor, place), has_second_factor);
            assert_eq!(result, expected, "{age} {second_factor} {has_second_factor} {place:?}");
        }
        let unknown = Authentication { at: None, second_factor: true, place };
        assert_eq!(check(unknown, false), required);
    }
    for (age, second_factor) in [(MINUTE, true), (MINUTE * 20, false)] {
        assert_eq!(check(authentication(age, second_factor, Place::Impersonation), false), impersonated);
    }
}

#[test]
fn the_age_that_is_allowed_can_be_set() {
    let policy = StepUpPolicy { max_age: MINUTE };
    let check = |age| code(policy.check(authentication(age, false, Place::Session), false, noon()));
    assert_eq!((check(MINUTE / 2), check(MINUTE)), (Ok(()), Err("step_up_required")));
}

#[test]
fn a_session_counts_from_when_its_user_last_proved_who_they_are() {
    let begun = session("ann");
    assert_eq!(Authentication::from(&begun).at, Some(noon()));
    let again = begun.authenticated_again(noon() + MINUTE);
    assert_eq!(Authentication::from(&again).at, Some(noon() + MINUTE));
    let renewed = Authentication::from(&again).renewed(noon() + MINUTE * 5);
    assert_eq!(renewed, Authentication { at: Some(noon() + MINUTE * 5), ..Authentication::from(&again) });
}

#[test]
fn a_session_has_a_second_factor_if_its_methods_name_one() {
    for (amr, expected) in [
        (None, false),
        (Some(""), false),
        (Some("pwd"), false),
        (Some("pwd otp"), true),
        (Some("otp"), true),
        (Some("mfa pwd"), true),
        (Some("pwd otpx"), false),
    ] {
        let session = Session { amr: amr.map(str::to_owned), ..session("ann") };
        assert_eq!(Authentication::from(&session).second_factor, expected, "{amr:?}");
    }
}

#[test]
fn a_session_of_somebody_else_who_acts_as_the_user_is_an_impersonation() {
    let of = |impersonated_by| Authentication::from(&Session { impersonated_by, ..session("ann") }).place;
    assert_eq!((of(None), of(Some(user_id("root")))), (Place::Session, Place::Impersonation));
}

fn token() -> VerifiedToken {
    VerifiedToken {
        issuer: "https://issuer.example".into(),
        subject: UserId::from_stored("ann"),
        email: None,
        name: None,
        session_id: None,
        issued_at: None,
        authenticated_at: None,
        amr: vec![],
        acr: None,
        expires_at: noon(),
    }
}

#[test]
fn a_token_counts_from_the_authentication_or_else_from_its_own_time() {
    let (early, late) = (Some(noon()), Some(noon() + MINUTE));
    for (authenticated_at, issued_at, expected) in
        [(early, late, early), (None, late, late), (early, None, early), (None, None, None)]
    {
        let authentication = Authentication::from(&VerifiedToken { authenticated_at, issued_at, ..token() });
        assert_eq!((authentication.at, authentication.place), (expected, Place::Elsewhere));
    }
}

#[test]
fn a_token_has_a_second_factor_if_its_methods_or_its_class_name_one() {
    let of = |amr: &[&str], acr: Option<&str>| {
        let amr = amr.iter().map(|method| (*method).to_owned()).collect();
        Authentication::from(&VerifiedToken { amr, acr: acr.map(str::to_owned), ..token() }).second_factor
    };
    assert!(of(&["pwd", "otp"], None) && of(&["mfa"], None));
    assert!(MULTI_FACTOR.iter().all(|class| of(&[], Some(class))));
    assert!(!of(&[], None) && !of(&["pwd"], Some("0")) && !of(&["otp pwd"], Some("otp")));
}

#[test]
fn what_has_to_be_done_is_told_with_where() {
    let told = |authentication, has_second_factor| {
        let error = StepUpPolicy::default().check(authentication, has_second_factor, noon()).unwrap_err();
        (error.kind(), error.to_string())
    };
    let old = |place| authentication(MINUTE * 20, false, place);
    let unauthenticated = |text: &str| (ErrorKind::Unauthenticated, text.to_owned());
    let here = "authenticate again: the last time must be less than 600 seconds ago";
    assert_eq!(told(old(Place::Session), false), unauthenticated(here));
    assert_eq!(told(old(Place::Session), true), unauthenticated(&format!("{here}, with the second factor")));
    let elsewhere = "sign in again where the token is from: the last time must be less than 600 seconds ago";
    assert_eq!(told(old(Place::Elsewhere), false), unauthenticated(elsewhere));
    assert_eq!(told(old(Place::Impersonation), false).0, ErrorKind::Forbidden);
}
