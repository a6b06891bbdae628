//! The keys that sign our tokens, and the secrets that they are encrypted with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{Database, SECRET, Server, body};

const PUBLIC: (&str, &str) = ("PUBLIC_URL", "https://api.example.com");

/// The session token of somebody who signs up.
async fn sign_up(server: &Server) -> String {
    let form = json!({"name": "Ann", "email": "ann@example.com", "password": "correct horse battery staple"});
    let answer = server.request("POST", "/api/v1/auth/signup").json(&form).send().await.unwrap();
    body(answer, 201).await["token"].as_str().unwrap().to_owned()
}

/// A new JWT of a session.
async fn jwt(server: &Server, session: &str) -> String {
    let answer = server.request("GET", "/api/auth/token").bearer_auth(session).send().await.unwrap();
    body(answer, 200).await["token"].as_str().unwrap().to_owned()
}

async fn accepts(server: &Server, jwt: &str) -> bool {
    server.request("GET", "/api/v1/tasks").bearer_auth(jwt).send().await.unwrap().status() == 200
}

/// `alg` and `kid` of a JWT.
fn header(jwt: &str) -> [String; 2] {
    let header = URL_SAFE_NO_PAD.decode(jwt.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    ["alg", "kid"].map(|name| header[name].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn tokens_outlive_a_change_of_the_algorithm() {
    let database = Database::migrated().await;
    let (mut session, mut jwts): (Option<String>, Vec<String>) = (None, Vec::new());
    for algorithm in ["EdDSA", "ES256", "ES512", "PS256"] {
        let own =
            [("DATABASE_URL", database.url()), ("BETTER_AUTH_SECRET", SECRET), PUBLIC, ("JWT_ALGORITHM", algorithm)];
        let server = Server::start(&own).await;
        let session = match &session {
            Some(session) => session.clone(),
            None => session.insert(sign_up(&server).await).clone(),
        };
        let made = jwt(&server, &session).await;
        assert_eq!(header(&made)[0], algorithm);
        jwts.push(made);
        for jwt in &jwts {
            assert!(accepts(&server, jwt).await, "{:?} under {algorithm}:\n{}", header(jwt), server.log());
        }
        let published = body(server.get("/api/auth/jwks").await, 200).await;
        let published: Vec<_> = published["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str()).collect();
        assert!(jwts.iter().all(|jwt| published.contains(&Some(header(jwt)[1].as_str()))), "{published:?}");
        server.stop().await;
    }
    let ended = "SELECT count(*) FROM jwks WHERE expires_at BETWEEN now() + '23 h' AND now() + '25 h'";
    assert_eq!(database.connect().await.query_one(ended, &[]).await.unwrap().get::<_, i64>(0), 3);
}

#[tokio::test]
async fn keys_outlive_a_change_of_the_secret_that_names_the_old_one_and_cookies_do_not() {
    let database = Database::migrated().await;
    let newest = "2Vnq7Z0bq8L3y5pWn1sJd0T9uYx4mRkHc6aGfEoQzBw=";
    let numbered = format!("1:{SECRET}");
    let renumbered = format!("2:{newest},1:{SECRET}");
    let settings: [&[(&str, &str)]; 3] = [
        &[("BETTER_AUTH_SECRET", SECRET)],
        &[("BETTER_AUTH_SECRETS", &numbered), ("BETTER_AUTH_SECRET", SECRET)],
        &[("BETTER_AUTH_SECRETS", &renumbered), ("BETTER_AUTH_SECRET", SECRET)],
    ];
    let mut first: Option<(String, String, String)> = None;
    for (secrets, keeps_cookies) in settings.into_iter().zip([true, true, false]) {
        let server = Server::start(&[&[("DATABASE_URL", database.url()), PUBLIC][..], secrets].concat()).await;
        if first.is_none() {
            let form = json!({"email": "ann@example.com", "password": "correct horse battery staple"});
            let session = sign_up(&server).await;
            let answer = server.request("POST", "/api/v1/auth/login").json(&form).send().await.unwrap();
            let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
            let key = header(&jwt(&server, &session).await)[1].clone();
            first = Some((session, cookie, key));
        }
        let (session, cookie, key) = first.as_ref().unwrap();
        assert_eq!(header(&jwt(&server, session).await)[1], *key, "{}", server.log());
        let answer = server.request("GET", "/api/v1/auth/session").header("cookie", cookie).send().await.unwrap();
        assert_eq!(answer.status() == 200, keeps_cookies);
        server.stop().await;
    }
}
