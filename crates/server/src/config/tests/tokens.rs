use super::super::tokens::KeySet;
use super::*;

fn claims(issuer: &str, audience: &str) -> ExpectedClaims {
    ExpectedClaims { issuer: Some(issuer.into()), audience: Some(audience.into()) }
}

fn key_set(variables: &[(&str, &str)]) -> KeySet {
    config(variables).tokens.key_set.unwrap()
}

fn hs256(variables: &[(&str, &str)]) -> Hs256 {
    config(variables).tokens.hs256.unwrap()
}

#[test]
fn issuer_and_audience_of_a_key_set_are_its_origin() {
    assert_eq!(key_set(&[JWKS]).claims, claims("https://auth.example.com", "https://auth.example.com"));
    assert!(!config(&[JWKS]).tokens.by_local_key());
}

#[test]
fn issuer_and_audience_can_be_set() {
    let set = key_set(&[JWKS, ("JWT_ISSUER", "me"), ("JWT_AUDIENCE", "you")]);
    assert_eq!(set.claims, claims("me", "you"));
}

#[test]
fn any_switches_a_check_off() {
    let set = key_set(&[JWKS, ("JWT_ISSUER", "any"), ("JWT_AUDIENCE", "any")]);
    assert_eq!(set.claims, ExpectedClaims { issuer: None, audience: None });
}

#[test]
fn a_key_set_url_is_http_and_has_no_password() {
    assert!(
        fault(&[("JWKS_URL", "auth.example.com/jwks")]).starts_with("JWKS_URL is `auth.example.com/jwks`; it must be")
    );
    let fault = fault(&[("JWKS_URL", "https://ann:hush@auth.example.com/jwks")]);
    assert!(!fault.contains("hush"), "{fault}");
}

#[test]
fn a_faulty_key_set_url_is_one_fault_in_production_too() {
    let variables = without(production(&[]), "JWKS_URL");
    assert!(fault(&[variables.as_slice(), &[("JWKS_URL", "nonsense")]].concat()).starts_with("JWKS_URL is `nonsense`"));
}

#[test]
fn production_is_warned_of_keys_over_plain_http() {
    let variables = without(production(&[("JWKS_URL", "http://auth:3000/api/auth/jwks")]), "");
    assert!(warnings(&variables[..]).iter().any(|warning| warning.starts_with("JWKS_URL is plain http")));
    assert_eq!(warnings(&[("JWKS_URL", "http://localhost:3000/api/auth/jwks")]), Vec::<String>::new());
}

#[test]
fn production_needs_a_secret_of_its_own_or_somebody_whose_tokens_count() {
    let nobody = without(production(&[]), "JWKS_URL");
    assert!(fault(&nobody).starts_with("BETTER_AUTH_SECRET is missing"), "{}", fault(&nobody));
    let external = fault(&[nobody.as_slice(), &[("IDENTITY", "external")]].concat());
    assert!(external.starts_with("JWKS_URL is missing and JWT_HS256 is off"), "{external}");
    assert!(external.ends_with("or JWT_HS256=on with BETTER_AUTH_SECRET"), "{external}");
}

#[test]
fn identity_is_built_in_unless_another_issuer_is_named() {
    let builtin = |variables: &[_]| config(variables).identity.builtin;
    assert!(builtin(&[]));
    assert!(!builtin(&[JWKS]));
    assert!(builtin(&[JWKS, ("IDENTITY", "builtin")]));
    assert!(!builtin(&[("JWT_HS256", "on"), ("BETTER_AUTH_SECRET", SECRET)]));
    assert!(!builtin(&[("IDENTITY", "external")]));
}

#[test]
fn the_server_that_keeps_the_accounts_is_that_of_the_key_set() {
    let server = |variables: &[_]| config(variables).identity.server;
    assert_eq!(server(&[JWKS]).as_deref(), Some("https://auth.example.com"));
    assert_eq!(server(&[JWKS, ("IDENTITY", "builtin")]), None);
    assert_eq!(server(&[("IDENTITY", "external")]), None);
}

#[test]
fn cookies_for_other_sites_need_https() {
    assert!(fault(&[("COOKIE_SAME_SITE", "none")]).starts_with("COOKIE_SAME_SITE is `none`"));
    let https = [("COOKIE_SAME_SITE", "none"), ("PUBLIC_URL", "https://api.example.com")];
    assert!(config(&https).identity.cookies.secure);
}

#[test]
fn hs256_tokens_are_ours_unless_another_issuer_is_named() {
    let on = [("JWT_HS256", "on"), ("BETTER_AUTH_SECRET", SECRET), ("PUBLIC_URL", "https://api.example.com")];
    assert_eq!(hs256(&on).claims, Some(claims("https://api.example.com", "https://api.example.com")));
    assert_eq!(hs256(&on).secret.expose_secret(), SECRET);
    let named = [on.as_slice(), &[("JWT_ISSUER", "me"), ("JWT_AUDIENCE", "any")]].concat();
    assert_eq!(hs256(&named).claims, Some(ExpectedClaims { issuer: Some("me".into()), audience: None }));
}

#[test]
fn sub_only_tokens_have_no_issuer() {
    assert_eq!(hs256(&[("JWT_HS256", "sub-only"), ("BETTER_AUTH_SECRET", SECRET)]).claims, None);
}

#[test]
fn the_secret_has_two_names() {
    assert_eq!(hs256(&[("JWT_HS256", "on"), ("SECRET_KEY", SECRET)]).secret.expose_secret(), SECRET);
    let both = [("JWT_HS256", "on"), ("BETTER_AUTH_SECRET", SECRET), ("SECRET_KEY", "another")];
    assert_eq!(fault(&both), "SECRET_KEY differs from BETTER_AUTH_SECRET; set one of the two");
}

#[test]
fn an_unknown_mode_is_a_fault_that_does_not_show_it() {
    assert_eq!(fault(&[("JWT_HS256", SECRET)]), "JWT_HS256 has an unusable value; it must be off, on or sub-only");
}

#[test]
fn hs256_needs_its_secret_everywhere() {
    let expected = "BETTER_AUTH_SECRET is missing, and cookies or HS256 tokens need it; set it to at least 32 random characters, \
         as from `openssl rand -base64 32`";
    assert_eq!(fault(&[("JWT_HS256", "on")]), expected);
    assert_eq!(fault(&production(&[("JWT_HS256", "on")])), expected);
}

#[test]
fn a_weak_secret_is_a_warning_in_development_and_else_a_fault() {
    for name in ["BETTER_AUTH_SECRET", "SECRET_KEY"] {
        let variables = [("JWT_HS256", "on"), (name, "hush")];
        assert_eq!(warnings(&variables), [format!("{name} has 4 characters, fewer than 32")]);
        let fault = fault(&production(&variables));
        assert!(
            fault.starts_with(&format!("{name} has 4 characters, fewer than 32; set it to at least 32")),
            "{fault}"
        );
    }
}

#[test]
fn a_secret_is_judged_wherever_it_is_given() {
    assert!(fault(&production(&[("BETTER_AUTH_SECRET", "hush")])).starts_with("BETTER_AUTH_SECRET has 4 characters"));
}

#[test]
fn an_issuer_that_is_not_checked_is_a_warning() {
    assert_eq!(warnings(&[("JWT_ISSUER", "me")]), ["JWT_ISSUER has no effect without JWKS_URL or JWT_HS256=on"]);
}

#[test]
fn numbered_secrets_are_the_secret_and_its_predecessors() {
    let numbered = format!("2:{SECRET},1:old");
    let variables = [("JWT_HS256", "on"), ("BETTER_AUTH_SECRETS", numbered.as_str()), ("BETTER_AUTH_SECRET", "oldest")];
    assert_eq!(hs256(&variables).secret.expose_secret(), SECRET);
    assert_eq!(warnings(&variables), Vec::<String>::new());
    let Some(Secrets::Numbered { current, older, unnumbered }) = config(&variables).identity.secrets else { panic!() };
    let text = |secret: &secrecy::SecretString| secret.expose_secret().to_owned();
    assert_eq!((current.0, text(&current.1)), (2, SECRET.to_owned()));
    assert_eq!(
        older.iter().map(|(number, secret)| (*number, text(secret))).collect::<Vec<_>>(),
        [(1, "old".to_owned())]
    );
    assert_eq!(unnumbered.as_ref().map(text).as_deref(), Some("oldest"));
}

#[test]
fn numbered_secrets_that_cannot_be_read_are_not_shown() {
    for secrets in [SECRET, "1:", "1:hush,1:hush"] {
        let fault = fault(&[("BETTER_AUTH_SECRETS", secrets)]);
        assert!(
            fault.starts_with("BETTER_AUTH_SECRETS has an unusable value; it must be secrets with numbers"),
            "{fault}"
        );
    }
    let fault = fault(&production(&[("BETTER_AUTH_SECRETS", "1:hush")]));
    assert!(fault.starts_with("BETTER_AUTH_SECRETS has 4 characters, fewer than 32"), "{fault}");
}

#[test]
fn keys_are_better_auths_unless_said_otherwise() {
    use hexado_domain::identity::{KeyPolicy, SigningAlgorithm};
    assert_eq!(config(&[]).identity.keys, KeyPolicy::default());
    let variables = [("JWT_ALGORITHM", "es512"), ("JWT_KEY_ROTATION_DAYS", "90"), ("JWT_KEY_GRACE_DAYS", "7")];
    let (rotated_after, grace) = (Some(chrono::TimeDelta::days(90)), chrono::TimeDelta::days(7));
    let expected = KeyPolicy { algorithm: SigningAlgorithm::Es512, rotated_after, grace };
    assert_eq!(config(&variables).identity.keys, expected);
    assert_eq!(config(&[("JWT_KEY_ROTATION_DAYS", "0")]).identity.keys, KeyPolicy::default());
    for (name, value) in [("JWT_ALGORITHM", "HS256"), ("JWT_KEY_ROTATION_DAYS", "-1"), ("JWT_KEY_GRACE_DAYS", "0")] {
        assert!(fault(&[(name, value)]).starts_with(&format!("{name} is `{value}`; it must be")), "{name}");
    }
}

#[test]
fn authenticator_apps_are_told_a_name_of_one_line() {
    assert_eq!(config(&[]).identity.app_name, "Hexado");
    assert_eq!(config(&[("APP_NAME", " My App: Ü ")]).identity.app_name, "My App: Ü");
    let expected = "it must be 1 to 100 characters without control characters";
    for unusable in ["a\u{7}b", &"x".repeat(101)] {
        assert!(fault(&[("APP_NAME", unusable)]).contains(expected), "{unusable:?}");
    }
}

#[test]
fn an_authentication_is_recent_for_ten_minutes_unless_said_otherwise() {
    let max_age = |variables: &[_]| config(variables).identity.step_up_max_age.num_seconds();
    assert_eq!((max_age(&[]), max_age(&[("STEP_UP_MAX_AGE", "60")])), (600, 60));
    for unusable in ["59", "86401", "10m", "-1"] {
        let expected = format!("STEP_UP_MAX_AGE is `{unusable}`; it must be seconds, from 60 to 86400");
        assert_eq!(fault(&[("STEP_UP_MAX_AGE", unusable)]), expected);
    }
}
