use hexado_domain::identity::{SessionId, Which};
use hexado_domain::testing::fixtures::{session, user_id};
use serde_json::json as value;

use super::{api, send};
use crate::support::everybody;

#[actix_web::test]
async fn the_sessions_of_others_are_shown_without_their_tokens() {
    let mut identity = everybody();
    identity.sessions.expect_list().returning(|id, _| Ok(vec![session(id.as_str())]));
    let answer = send(api(identity), "GET", "/api/users/bob/sessions", "").await;
    let shown = answer.json();
    assert_eq!((&shown[0]["id"], &shown[0]["current"]), (&value!("session-of-bob"), &value!(false)));
    let members: Vec<_> = shown[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["authenticated_at", "created_at", "current", "expires_at", "id", "ip_address", "user_agent"]);
}

#[actix_web::test]
async fn the_sessions_of_others_end_and_ones_own_stays() {
    let mut identity = everybody();
    identity
        .sessions
        .expect_end()
        .withf(|ending| ending.user_id == user_id("bob") && ending.event.actor == Some(user_id("root")))
        .returning(|ending| {
            Ok(match &ending.which {
                Which::One(id) if *id == SessionId::from_stored("gone") => 0,
                Which::One(_) => 1,
                _ => 3,
            })
        });
    let api = api(identity);
    for (path, expected) in [
        ("", value!({"message": "Sessions ended", "revoked": 3})),
        ("/s", value!({"message": "Session ended", "revoked": 1})),
    ] {
        let request = super::by_root(crate::support::request("DELETE", &format!("/api/users/bob/sessions{path}")));
        let answer = api.send(request).await;
        assert_eq!((answer.json(), answer.cookies().len()), (expected, 0), "{path}");
    }
    let gone = super::by_root(crate::support::request("DELETE", "/api/users/bob/sessions/gone"));
    assert_eq!(api.send(gone).await.refusal(), (404, "session_not_found".into()));
}
