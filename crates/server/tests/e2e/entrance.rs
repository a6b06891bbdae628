//! Signing up and in, by several at once and by those who must not get in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use reqwest::{Response, header::HeaderMap};
use serde_json::{Value, json};

use crate::support::{Database, Person, SECRET, Server};

/// What differs from answer to answer. (The id of the request stands in some bodies as well.)
const VARYING: [&str; 3] = ["date", "ratelimit", "ratelimit-policy"];

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_get_the_same_answer() {
    let (_database, server) = start().await;
    Person::new("ann").sign_up(&server.url).await;
    for path in ["/api/auth/sign-in/email", "/api/v1/auth/login"] {
        let attempt = async |name: &str| {
            let form = json!({"email": format!("{name}@example.com"), "password": "not the password"});
            whole(server.request("POST", path).json(&form).send().await.unwrap()).await
        };
        let (known, unknown) = (attempt("ann").await, attempt("bob").await);
        assert_eq!(known.0, 401, "{path}");
        assert_eq!(known, unknown, "{path}");
    }
}

#[tokio::test]
async fn of_many_who_sign_up_with_one_address_at_once_one_gets_in() {
    let (database, server) = start().await;
    let ann = Person::new("ann");
    let sign_up = async |number: usize| {
        // The same address, written otherwise.
        let email = if number.is_multiple_of(2) { ann.email() } else { ann.email().to_uppercase() };
        let form = json!({"name": "Ann", "email": email, "password": "correct horse"});
        let (status, _, body) = whole(ann.post(&server.url, "sign-up/email", form).await).await;
        if status == 422 {
            assert!(body.contains("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"), "{body}");
        }
        status
    };
    let mut statuses = join_all((0..4).map(sign_up)).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422, 422, 422]);
    let count = "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM accounts)";
    assert_eq!(database.connect().await.query_one(count, &[]).await.unwrap().get::<_, i64>(0), 2);
}

#[tokio::test]
async fn a_new_secret_ends_sessions_by_cookie_and_lets_everybody_sign_in_again() {
    let (database, before) = start().await;
    let ann = Person::new("ann");
    let old = ann.sign_up(&before.url).await;
    let old_jwt = ann.token_of(&before.url, &old).await;
    let secret = "another secret of more than thirty-two letters";
    let after = Server::start(&[("DATABASE_URL", database.url()), ("BETTER_AUTH_SECRET", secret)]).await;
    assert_eq!(ann.session_on(&after.url, &old).await, Value::Null);
    let new = ann.sign_in(&after.url).await;
    assert_eq!(ann.session_on(&after.url, &new).await["user"], old.user);
    // The old private key cannot be read any more: there is a new one.
    let key_of = |jwt: &str| jwt.split('.').next().unwrap().to_owned();
    assert_ne!(key_of(&ann.token_of(&after.url, &new).await), key_of(&old_jwt));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_sign_ins_is_turned_away_while_others_go_on() {
    let (_database, server) = start().await;
    let ann = Arc::new(Person::new("ann"));
    let session = ann.sign_up(&server.url).await;
    let jwt = ann.token_of(&server.url, &session).await;

    let over = Arc::new(AtomicBool::new(false));
    let reads = tokio::spawn({
        let (ann, over, url) = (Arc::clone(&ann), Arc::clone(&over), server.url.clone());
        async move {
            let mut statuses = Vec::new();
            while statuses.is_empty() || !over.load(Ordering::Relaxed) {
                statuses.push(ann.tasks_by(&url, &jwt).await);
                assert!(!ann.session_on(&url, &session).await.is_null());
            }
            statuses
        }
    });
    // More than the server has places for.
    let flood = 200;
    let form = json!({"email": ann.email(), "password": "not the password"});
    let attempts = (0..flood).map(async |_| ann.post(&server.url, "sign-in/email", form.clone()).await);
    let answers = join_all(attempts).await;
    over.store(true, Ordering::Relaxed);

    assert!(reads.await.unwrap().iter().all(|status| *status == 200));
    let compared = answers.iter().filter(|answer| answer.status() == 401).count();
    let turned_away = answers.iter().filter(|answer| answer.status() == 503).count();
    assert!(compared > 0 && turned_away > 0, "{compared} compared, {turned_away} turned away");
    assert_eq!(compared + turned_away, flood);
    assert!(answers.iter().all(|answer| answer.status() == 401 || answer.headers().contains_key("retry-after")));
}

/// All of an answer that must be the same where nothing may be told.
async fn whole(response: Response) -> (u16, HeaderMap, String) {
    let (status, mut headers) = (response.status().as_u16(), response.headers().clone());
    for name in VARYING {
        headers.remove(name);
    }
    let id = headers.remove("x-request-id").unwrap();
    (status, headers, response.text().await.unwrap().replace(id.to_str().unwrap(), "<request id>"))
}

async fn start() -> (Database, Server) {
    let database = Database::migrated().await;
    let server = Server::start(&[("DATABASE_URL", database.url()), ("BETTER_AUTH_SECRET", SECRET)]).await;
    (database, server)
}
