use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::{body, client};

const PASSWORD: &str = "correct horse battery staple";

/// Somebody with an account on one server, or on several over one database.
pub(crate) struct Person {
    name: &'static str,
    client: Client,
}

/// What an answer that opens a session carries.
pub(crate) struct Session {
    pub(crate) user: Value,
    /// As it is in the database.
    pub(crate) token: String,
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

    /// The status of the answer of Hexado's tasks to a JWT.
    pub(crate) async fn tasks_by(&self, server: &str, jwt: &str) -> u16 {
        let request = self.client.get(format!("{server}/api/v1/tasks")).bearer_auth(jwt);
        request.send().await.unwrap().status().as_u16()
    }

    /// A JWT for the session.
    pub(crate) async fn token_of(&self, server: &str, session: &Session) -> String {
        self.get(server, "token", session).await["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn sign_out(&self, server: &str, session: &Session) {
        self.post_as(server, "sign-out", session, json!({})).await;
    }

    /// Posts to a route for those who are signed in, from a page of the server's own.
    pub(crate) async fn post_as(&self, server: &str, route: &str, session: &Session, form: Value) {
        let request = self.client.post(format!("{server}/api/auth/{route}")).json(&form);
        let request = request.header("Cookie", &session.cookie).header("Origin", server);
        body(request.send().await.unwrap(), 200).await;
    }

    async fn get(&self, server: &str, route: &str, session: &Session) -> Value {
        let request = self.client.get(format!("{server}/api/auth/{route}")).header("Cookie", &session.cookie);
        body(request.send().await.unwrap(), 200).await
    }

    pub(crate) async fn post(&self, server: &str, route: &str, form: Value) -> Response {
        self.client.post(format!("{server}/api/auth/{route}")).json(&form).send().await.unwrap()
    }

    pub(crate) fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }
}

async fn opened(response: Response) -> Session {
    let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let answer = body(response, 200).await;
    Session { user: answer["user"].clone(), token: answer["token"].as_str().unwrap().to_owned(), cookie }
}
