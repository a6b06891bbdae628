//! Sessions that end, and the tokens that end with them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::{Database, Person, SECRET, Server, Session, free_port};

/// Longer than word takes from server to server on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::test]
async fn signing_out_ends_the_jwt_on_the_next_request_and_soon_on_other_servers() {
    let (database, port) = (Database::migrated().await, free_port().to_string());
    let origin = format!("http://localhost:{port}");
    let shared = [("DATABASE_URL", database.url()), ("BETTER_AUTH_SECRET", SECRET), ("PUBLIC_URL", &origin)];
    let first = [&shared[..], &[("PORT", &port)]].concat();
    let (here, there) = tokio::join!(Server::start(&first), Server::start(&shared));
    let ann = Person::new("ann");
    let session = ann.sign_up(&origin).await;
    let jwt = ann.token_of(&origin, &session).await;
    // Both remember the caller from here on.
    for server in [&here, &there] {
        assert_eq!(ann.tasks_by(&server.url, &jwt).await, 200);
    }

    ann.sign_out(&origin, &session).await;
    assert_eq!(ann.tasks_by(&here.url, &jwt).await, 401);
    assert_eq!(ann.session_on(&there.url, &session).await, Value::Null);
    until_refused(&ann, &there, &jwt).await;
}

#[tokio::test]
async fn a_revoked_session_and_its_jwt_count_no_more_on_the_next_request() {
    let (_database, server) = start().await;
    let origin = format!("http://localhost:{}", server.port);
    let ann = Person::new("ann");
    let laptop = signed_in(&ann, &origin, ann.sign_up(&origin).await).await;
    let phone = signed_in(&ann, &origin, ann.sign_in(&origin).await).await;
    let tablet = signed_in(&ann, &origin, ann.sign_in(&origin).await).await;

    ann.post_as(&origin, "revoke-session", &laptop.session, json!({"token": phone.session.token})).await;
    assert_eq!(counting(&ann, &origin, [&laptop, &phone, &tablet]).await, [true, false, true]);
    ann.post_as(&origin, "revoke-other-sessions", &laptop.session, json!({})).await;
    assert_eq!(counting(&ann, &origin, [&laptop, &phone, &tablet]).await, [true, false, false]);
    ann.post_as(&origin, "revoke-sessions", &laptop.session, json!({})).await;
    assert_eq!(counting(&ann, &origin, [&laptop, &phone, &tablet]).await, [false; 3]);
}

#[tokio::test]
async fn a_ban_that_somebody_else_writes_ends_sessions_and_tokens() {
    let (database, server) = start().await;
    let origin = format!("http://localhost:{}", server.port);
    let ann = Person::new("ann");
    let Device { session, jwt } = signed_in(&ann, &origin, ann.sign_up(&origin).await).await;
    database.connect().await.execute("UPDATE users SET banned = true", &[]).await.unwrap();
    assert_eq!(ann.session_on(&origin, &session).await, Value::Null);
    until_refused(&ann, &server, &jwt).await;
}

/// A session and a JWT of it, which has been used.
struct Device {
    session: Session,
    jwt: String,
}

async fn signed_in(person: &Person, server: &str, session: Session) -> Device {
    let jwt = person.token_of(server, &session).await;
    assert_eq!(person.tasks_by(server, &jwt).await, 200);
    Device { session, jwt }
}

/// Whether the session of each device counts. Its JWT must agree.
async fn counting<const N: usize>(person: &Person, server: &str, devices: [&Device; N]) -> [bool; N] {
    let mut counts = [false; N];
    for (counts, Device { session, jwt }) in counts.iter_mut().zip(devices) {
        *counts = !person.session_on(server, session).await.is_null();
        assert_eq!(person.tasks_by(server, jwt).await, if *counts { 200 } else { 401 });
    }
    counts
}

async fn until_refused(person: &Person, server: &Server, jwt: &str) {
    let deadline = Instant::now() + PATIENCE;
    while person.tasks_by(&server.url, jwt).await == 200 {
        assert!(Instant::now() < deadline, "the token still counts");
        sleep(Duration::from_millis(10)).await;
    }
    // Refused for what it is, and not for trouble of ours.
    assert!(matches!(person.tasks_by(&server.url, jwt).await, 401 | 403));
}

async fn start() -> (Database, Server) {
    let database = Database::migrated().await;
    let server = Server::start(&[("DATABASE_URL", database.url()), ("BETTER_AUTH_SECRET", SECRET)]).await;
    (database, server)
}
