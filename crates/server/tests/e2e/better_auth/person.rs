use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::support::{body, client};

const PASSWORD: &str = "correct horse battery staple";

/// Somebody who has an account on one server, and perhaps wants in on the other.
pub(crate) struct Person {
    name: &'static str,
    client: Client,
}

/// What an answer that opens a session carries.
pub(crate) struct Session {
    pub(crate) user: Value,
    cookie: String,
}

impl Person {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, client: client() }
    }

    pub(crate) async fn sign_up(&self, server: &str) -> Session {
        let form = json!({"name": self.name, "email": self.email(), "password": PASSWORD});
        opened(self.post(server, "sign-up/email", form).await).await
    }

    pub(crate) async fn sign_in(&self, server: &str) -> Session {
        opened(self.post(server, "sign-in/email", json!({"email": self.email(), "password": PASSWORD})).await).await
    }

    /// The answer of `get-session` to the session's cookie.
    pub(crate) async fn session_on(&self, server: &str, session: &Session) -> Value {
        self.get(server, "get-session", session).await
    }

    /// A JWT for the session.
    pub(crate) async fn token_of(&self, server: &str, session: &Session) -> String {
        self.get(server, "token", session).await["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn sign_out(&self, server: &str, session: &Session) {
        let url = format!("{server}/api/auth/sign-out");
        let request = self.client.post(url).header("Cookie", &session.cookie).header("Origin", server);
        body(request.send().await.unwrap(), 200).await;
    }

    async fn get(&self, server: &str, route: &str, session: &Session) -> Value {
        let request = self.client.get(format!("{server}/api/auth/{route}")).header("Cookie", &session.cookie);
        body(request.send().await.unwrap(), 200).await
    }

    async fn post(&self, server: &str, route: &str, form: Value) -> Response {
        self.client.post(format!("{server}/api/auth/{route}")).json(&form).send().await.unwrap()
    }

    fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }
}

async fn opened(response: Response) -> Session {
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    Session { user: body(response, 200).await["user"].clone(), cookie }
}
