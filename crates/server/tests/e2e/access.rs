//! Who may do what: each operation of the OpenAPI document has its rule, and keeps it.

mod attempt;
mod rules;
mod world;

use std::collections::BTreeSet;

use serde_json::Value;

use self::attempt::Operation;
use self::rules::{RULES, Rule};
use self::world::World;

#[tokio::test]
async fn every_operation_has_a_rule_and_refuses_whom_it_must() {
    let world = World::new().await;
    let operations = Operation::all(&world.document().await);
    let named: BTreeSet<_> = operations.iter().map(Operation::name).collect();
    let ruled: BTreeSet<_> = RULES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(ruled.len(), RULES.len(), "an operation has two rules");
    assert_eq!(named, ruled, "give each operation a rule in access/rules.rs");

    let mut failures = Vec::new();
    for operation in &operations {
        let (rule, before) = (rule(operation), world.snapshot().await);
        failures.extend(check(&world, operation, rule).await);
        // Anybody may sign up, or have a mail sent.
        if !rule.is_open() && before != world.snapshot().await {
            failures.push(format!("{} changed what belongs to others", operation.name()));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

fn rule(operation: &Operation) -> Rule {
    let name = operation.name();
    RULES.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule).unwrap()
}

/// What is wrong with the answers to nobody and to a stranger, who names in path and body what belongs to others.
async fn check(world: &World, operation: &Operation, rule: Rule) -> Vec<String> {
    let mut failures = Vec::new();
    let mut expect = |who: &str, good: bool, answer: &(u16, String)| {
        if !good {
            failures.push(format!("{} of {who}: {} {}", operation.name(), answer.0, answer.1));
        }
    };
    let nobody = world.attempt(operation, None).await;
    let is_asked = nobody.0 == 401 || nobody.1.contains("FAILED_TO_GET_USER_INFO");
    expect("nobody", if rule.is_open() { !is_asked || operation.is_way_in() } else { is_asked }, &nobody);

    let stranger = world.new_stranger().await;
    let answer = world.attempt(operation, Some(&stranger)).await;
    let good = match rule {
        Rule::Open | Rule::Either | Rule::Own => answer.0 < 500 || answer.0 == 503,
        Rule::Owner => matches!(answer.0, 403 | 404),
        Rule::Permitted(permission) if operation.is_of_wire() => answer.0 == 403 && !permission.is_empty(),
        Rule::Permitted(permission) => answer.0 == 403 && names(&answer.1, permission),
    };
    expect("a stranger", good, &answer);
    expect("a stranger, who reads what belongs to others", !world.is_of_others(&answer.1), &answer);
    failures
}

fn names(problem: &str, permission: &str) -> bool {
    let problem: Value = serde_json::from_str(problem).unwrap_or_default();
    problem["detail"].as_str().is_some_and(|detail| detail.contains(&format!("`{permission}`")))
}
