//! Every public test vector, replayed. No invalid one may be accepted; of the valid ones, which are is written down here.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hexado_jwks::{Jws, KeySet, VerificationKey};
use serde::Deserialize;
use serde_json::Value;

use crate::support::key_set;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

impl Vectors {
    fn tests(&self) -> impl Iterator<Item = &Test> {
        self.test_groups.iter().flat_map(|group| &group.tests)
    }
}

#[derive(Deserialize)]
struct Group {
    public: Option<Value>,
    private: Value,
    tests: Vec<Test>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    tc_id: u32,
    jws: String,
    result: Verdict,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Valid,
    Invalid,
}

/// What became of the vectors of one file, by their numbers.
#[derive(Default)]
struct Outcome {
    accepted: BTreeSet<u32>,
    valid_but_refused: BTreeSet<u32>,
    invalid_but_accepted: BTreeSet<u32>,
    refused: usize,
}

fn replay(vectors: &Vectors, is_accepted: impl Fn(&Group, &Jws<'_>) -> bool) -> Outcome {
    let mut outcome = Outcome::default();
    for group in &vectors.test_groups {
        for test in &group.tests {
            let accepted = Jws::parse(&test.jws).is_ok_and(|jws| is_accepted(group, &jws));
            match (accepted, &test.result) {
                (true, Verdict::Valid) => drop(outcome.accepted.insert(test.tc_id)),
                (true, Verdict::Invalid) => drop(outcome.invalid_but_accepted.insert(test.tc_id)),
                (false, Verdict::Valid) => drop(outcome.valid_but_refused.insert(test.tc_id)),
                (false, Verdict::Invalid) => outcome.refused += 1,
            }
        }
    }
    outcome
}

fn read(json: &str) -> Vectors {
    let vectors: Vectors = serde_json::from_str(json).unwrap();
    assert_eq!(vectors.tests().count(), vectors.number_of_tests);
    vectors
}

/// By a published key as the only one of a key set, or by a shared one, for which no key set is ever asked.
fn is_signed_by_the_key(group: &Group, jws: &Jws<'_>) -> bool {
    match &group.public {
        Some(jwk) => is_signed_by_one_of(&key_set(&[jwk]), jws),
        None => {
            let secret = URL_SAFE_NO_PAD.decode(group.private["k"].as_str().unwrap()).unwrap();
            jws.verify(&VerificationKey::hs256(&secret)).is_ok()
        }
    }
}

fn is_signed_by_one_of(key_set: &str, jws: &Jws<'_>) -> bool {
    KeySet::parse(key_set).is_ok_and(|keys| keys.verify(jws).is_ok())
}

#[test]
fn signatures_are_judged_as_the_vectors_say() {
    let vectors = read(include_str!("../vectors/json_web_signature_test.json"));
    let outcome = replay(&vectors, is_signed_by_the_key);

    // 367 and 370 mean to be padded wrongly, but are the valid 357 to the letter.
    assert_eq!(outcome.invalid_but_accepted, BTreeSet::from([367, 370]));
    let text = |number| vectors.tests().find(|test| test.tc_id == number).map(|test| test.jws.as_str()).unwrap();
    assert_eq!([text(367), text(370)], [text(357); 2]);

    let hs256 = [1, 348, 352, 357, 358, 359, 376, 377];
    let es256 = [18, 378];
    let rs256 = [33, 259, 260, 261, 262, 263, 345, 349];
    let ps256 = [272, 273, 274, 275, 287, 288];
    assert_eq!(outcome.accepted, [&hs256[..], &es256, &rs256, &ps256].concat().into_iter().collect());

    let other_algorithms = (264..=271).chain(320..=323).chain(325..=328).chain([346, 347, 350, 351]);
    // Called valid, although a character of theirs does not belong to the alphabet.
    let no_base64 = [372, 373];
    assert_eq!(outcome.valid_but_refused, other_algorithms.chain(no_base64).collect());
    assert_eq!(outcome.refused, 353);
}

#[test]
fn key_sets_are_judged_as_the_vectors_say() {
    let vectors = read(include_str!("../vectors/json_web_key_test.json"));
    let outcome = replay(&vectors, |group, jws| {
        is_signed_by_one_of(&group.public.as_ref().unwrap_or(&group.private).to_string(), jws)
    });
    assert_eq!(outcome.invalid_but_accepted, BTreeSet::new());
    assert_eq!(outcome.accepted, BTreeSet::from([5]));
    // Shared secrets, which have no place in a key set.
    assert_eq!(outcome.valid_but_refused, BTreeSet::from([2, 13, 14, 15]));
    assert_eq!(outcome.refused, 21);
}
