use super::server::User;

/// One request. In the body, `{n}` stands for a number that is another one each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) token: String,
    pub(super) body: Option<&'static str>,
}

const NEW: &str =
    r#"{"title": "Buy milk {n}", "category": "errands", "priority": 2, "due_at": "2030-01-02T10:00:00Z"}"#;
const CHANGED: &str = r#"{"title": "Buy milk {n}", "description": "two litres"}"#;

/// The operations that are measured, as requests to be made again and again in this order.
pub(super) fn all(users: &[User]) -> Vec<(&'static str, Vec<Call>)> {
    let each = |operation: fn(&User, usize) -> Call| calls(users, |_| operation);
    vec![
        ("list", each(list)),
        ("get", each(get)),
        ("create", each(create)),
        ("update", each(update)),
        ("mixed", calls(users, mixed)),
    ]
}

/// Half lists, a third gets, the rest writes.
fn mixed(number: usize) -> fn(&User, usize) -> Call {
    match number % 20 {
        0 | 10 => create,
        5 | 15 => update,
        even if even.is_multiple_of(2) => list,
        7 | 17 => list,
        _ => get,
    }
}

/// As many requests as touch ten tasks of each user, the users in turns.
fn calls(users: &[User], operation: impl Fn(usize) -> fn(&User, usize) -> Call) -> Vec<Call> {
    let turns = (0..10).flat_map(|round| users.iter().map(move |user| (round, user)));
    turns.enumerate().map(|(number, (round, user))| operation(number)(user, round)).collect()
}

fn list(user: &User, _: usize) -> Call {
    call(user, "GET", "/api/v1/tasks".to_owned(), None)
}

fn get(user: &User, round: usize) -> Call {
    call(user, "GET", task(user, round), None)
}

fn create(user: &User, _: usize) -> Call {
    call(user, "POST", "/api/v1/tasks".to_owned(), Some(NEW))
}

fn update(user: &User, round: usize) -> Call {
    call(user, "PATCH", task(user, round), Some(CHANGED))
}

fn task(user: &User, round: usize) -> String {
    format!("/api/v1/tasks/{}", user.tasks[round % user.tasks.len()])
}

fn call(user: &User, method: &'static str, path: String, body: Option<&'static str>) -> Call {
    Call { method, path, token: user.token.clone(), body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_takes_part_in_every_operation() {
        let user = |token: &str, tasks| User { token: token.to_owned(), tasks };
        let users = [user("a", vec![1, 2, 3]), user("b", vec![4])];
        for (name, calls) in all(&users) {
            assert_eq!(calls.len(), 20, "{name}");
            assert!(users.iter().all(|user| calls.iter().any(|call| call.token == user.token)), "{name}");
        }
    }

    #[test]
    fn the_mix_is_as_it_is_said() {
        let users = [User { token: "t".to_owned(), tasks: vec![1] }, User { token: "u".to_owned(), tasks: vec![2] }];
        let calls = calls(&users, mixed);
        let count = |is: fn(&Call) -> bool| calls.iter().filter(|call| is(call)).count();
        assert_eq!(count(|call| call.body.is_some()), 4);
        assert_eq!(count(|call| call.method == "GET" && call.path == "/api/v1/tasks"), 10);
    }
}
