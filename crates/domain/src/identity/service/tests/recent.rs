use super::*;

/// Ann's session, last proven `age` ago, and how.
fn proven(age: TimeDelta, amr: Option<&str>) -> SignedIn {
    let mut signed_in = signed_in("ann");
    signed_in.session.created_at = noon() - TimeDelta::days(1);
    signed_in.session.authenticated_at = Some(noon() - age);
    signed_in.session.amr = amr.map(str::to_owned);
    signed_in
}

/// Stores that know ann's session, and a cache that must not be asked.
fn without_memory(signed_in: SignedIn) -> MockIdentity {
    let mut identity = MockIdentity::default();
    let (by_token, by_id) = (signed_in.clone(), signed_in.clone());
    identity.sessions.expect_find().returning(move |_, _| Ok(Some(by_token.clone())));
    identity.sessions.expect_find_by_id().returning(move |_| Ok(Some(by_id.clone())));
    identity.users.expect_find().returning(move |_| Ok(Some(signed_in.user.clone())));
    identity
}

async fn recent(
    identity: MockIdentity,
    verifier: MockTokenVerifier,
    credential: Credential<'_>,
) -> Result<Actor, &'static str> {
    let mut roles = MockRoleStore::new();
    roles.expect_all().returning(|| Ok(RoleCatalog::default()));
    let service = with(identity, verifier, quiet(), roles, identity_policy());
    // From here on a cache would count.
    service.follow_changes().await.unwrap();
    service.authenticate_recent(credential).await.map_err(|error| error.code())
}

#[tokio::test]
async fn who_acts_recently_is_found_by_the_stores_and_never_by_memory() {
    let (minute, old) = (TimeDelta::minutes(1), TimeDelta::minutes(10));
    for (age, expected) in [(minute, Ok("ann")), (old, Err("step_up_required"))] {
        let identity = || without_memory(proven(age, Some("pwd")));
        let ours = of_session(identity_policy().origin.leak(), "session-of-ann");
        let by_session = recent(identity(), MockTokenVerifier::new(), Credential::Bearer("ann")).await;
        let by_jwt = recent(identity(), ours, JWT).await;
        for actor in [by_session, by_jwt] {
            assert_eq!(actor.as_ref().map(|actor| actor.user_id.as_str()).map_err(|code| *code), expected);
            assert_eq!(actor.ok().and_then(|actor| actor.session_id).is_some(), expected.is_ok());
        }
    }
}

#[tokio::test]
async fn a_session_that_better_auth_began_counts_from_its_beginning_and_has_no_second_factor() {
    let mut begun = signed_in("ann");
    begun.session.amr = None;
    let session = Credential::Bearer("ann");
    assert!(recent(without_memory(begun.clone()), MockTokenVerifier::new(), session).await.is_ok());
    begun.user.two_factor_enabled = true;
    let refused = recent(without_memory(begun), MockTokenVerifier::new(), session).await;
    assert_eq!(refused, Err("step_up_required"));
}

#[tokio::test]
async fn who_has_a_second_factor_acts_recently_only_with_it() {
    for (amr, expected) in [("pwd", Err("step_up_required")), ("pwd otp", Ok(()))] {
        let mut by = proven(TimeDelta::minutes(1), Some(amr));
        by.user.two_factor_enabled = true;
        let result = recent(without_memory(by), MockTokenVerifier::new(), Credential::Bearer("ann")).await;
        assert_eq!(result.map(drop), expected, "{amr}");
    }
}

#[tokio::test]
async fn a_token_of_another_issuer_tells_when_and_how_its_user_authenticated() {
    let late = Some(noon() - TimeDelta::minutes(10));
    let otp = || vec!["otp".to_owned()];
    let foreign = |issued_at, authenticated_at, amr| VerifiedToken { issued_at, authenticated_at, amr, ..verified() };
    for (token, two_factor_enabled, expected) in [
        (foreign(Some(noon()), None, vec![]), false, Ok(())),
        (foreign(late, None, vec![]), false, Err("step_up_required")),
        (foreign(Some(noon()), late, vec![]), false, Err("step_up_required")),
        (foreign(late, Some(noon()), vec![]), false, Ok(())),
        (foreign(None, None, otp()), false, Err("step_up_required")),
        (foreign(Some(noon()), None, vec![]), true, Err("step_up_required")),
        (foreign(Some(noon()), None, otp()), true, Ok(())),
    ] {
        let mut verifier = MockTokenVerifier::new();
        let verified = token.clone();
        verifier.expect_verify().returning(move |_| Ok(verified.clone()));
        let mut ann = signed_in("ann");
        ann.user.two_factor_enabled = two_factor_enabled;
        let result = recent(without_memory(ann), verifier, JWT).await;
        assert_eq!(result.map(drop), expected, "{token:?} {two_factor_enabled}");
    }
}

#[tokio::test]
async fn a_session_that_has_just_ended_and_a_user_who_is_just_banned_are_refused_though_they_are_remembered() {
    let remembered = |mut identity: MockIdentity| {
        identity.callers.expect_find().returning(|_| Some(caller("ann")));
        identity
    };
    let mut ended = MockIdentity::default();
    ended.sessions.expect_find().returning(|_, _| Ok(None));
    ended.sessions.expect_find_by_id().returning(|_| Ok(None));
    let mut banned = signed_in("ann");
    banned.user.banned = true;
    let ours = || of_session(identity_policy().origin.leak(), "session-of-ann");
    assert_eq!(recent(remembered(ended), ours(), JWT).await, Err("session_expired"));
    assert_eq!(recent(remembered(without_memory(banned.clone())), ours(), JWT).await, Err("user_banned"));
    // A look-up by token leaves sessions of banned users out.
    let session = Credential::Bearer("ann");
    assert_eq!(recent(remembered(without_memory(banned)), ours(), session).await, Err("session_expired"));
}

#[tokio::test]
async fn an_administrator_who_acts_as_a_user_is_never_recent() {
    let mut by = proven(TimeDelta::zero(), Some("pwd otp"));
    by.session.impersonated_by = Some(user_id("root"));
    let refused = recent(without_memory(by), MockTokenVerifier::new(), Credential::Bearer("ann")).await;
    assert_eq!(refused, Err("impersonated"));
}
