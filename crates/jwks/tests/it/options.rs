use std::sync::Arc;

use hexado_domain::testing::FixedClock;
use hexado_domain::testing::fixtures::noon;
use hexado_jwks::{
    Check, Hs256Mode, Hs256Options, InvalidKeySet, IssuerOptions, JwtVerifier, KeySource, Options, OptionsError,
};
use secrecy::SecretString;

use crate::support::{Zeros, expected, hs256_options, key_set_options};

fn error_of(options: Options) -> OptionsError {
    JwtVerifier::new(options, Arc::new(FixedClock::at(noon())), &Zeros).err().unwrap()
}

#[test]
fn key_sets_are_fetched_over_http_and_https_only() {
    for url in ["file:///etc/passwd", "ftp://issuer.example/jwks", "data:application/json,{}", "ws://issuer.example"] {
        let issuer = IssuerOptions { keys: KeySource::Url(url.parse().unwrap()), expected: expected() };
        let error = error_of(Options { issuers: vec![issuer], ..Options::default() });
        assert!(matches!(error, OptionsError::Scheme { .. }), "{url}: {error:?}");
    }
}

#[test]
fn a_given_key_set_must_have_a_usable_key() {
    for (text, expected_error) in [("{}", InvalidKeySet::Malformed), (r#"{"keys":[]}"#, InvalidKeySet::NoUsableKey)] {
        let error = error_of(key_set_options(text.into(), expected()));
        assert!(matches!(&error, OptionsError::KeySet(error) if *error == expected_error), "{error:?}");
    }
}

#[test]
fn an_empty_secret_is_no_secret() {
    let hs256 = Some(Hs256Options { secret: SecretString::default(), mode: Hs256Mode::SubOnly });
    assert!(matches!(error_of(Options { hs256, ..Options::default() }), OptionsError::EmptySecret));
}

#[test]
fn printed_options_do_not_tell_the_secret() {
    let options = hs256_options(Hs256Mode::On(expected()));
    assert!(!format!("{options:?}").contains("shared secret of"));
}

#[test]
fn no_expectation_allows_anything() {
    assert!(matches!(Check::from(None), Check::Any));
    assert!(matches!(Check::from(Some("x".to_owned())), Check::Exactly(value) if value == "x"));
}
