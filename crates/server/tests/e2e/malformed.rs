//! What is no HTTP, or means two things at once.

use crate::support::{Database, Issuer, RawAnswer, RawConnection, Server, body};

/// Follows what should end a connection. Whoever answers it took a part of one request for another.
const SMUGGLED: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn heads_that_are_wrong_or_ambiguous_are_refused_and_nothing_after_them_is_read() {
    let scene = Scene::start().await;
    let get = |fields: &str| format!("GET /api/tasks HTTP/1.1\r\n{fields}\r\n\r\n");
    let host = "Host: localhost\r\n";
    for head in [
        get("Host: localhost\r\nHost: example.com"),
        get("X-No-Host: 1"),
        get(&format!("{host}X-Folded: a\r\n b")),
        get(&format!("{host} X-Indented: a")),
        get(&format!("{host}X-Spaced : a")),
        get(&format!("{host}X-Nul: a\0b")),
        get(&format!("{host}X-Nul\0: a")),
        get(&format!("{host}X-Return: a\rb")),
        get(&format!("{host}No colon")),
        get(&format!("{host}: no name")),
        get(&format!("{host}{}X-Last: 1", "X-Many: 1\r\n".repeat(10_000))),
        get(&format!("{host}X-Large: {}", "a".repeat(1024 * 1024))),
        format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(1024 * 1024)),
        format!("GET /api/tasks\r\n{host}\r\n"),
        "GET /\r\n\r\n".to_owned(),
        format!("GET /api/tasks HTTP/0.9\r\n{host}\r\n"),
        format!("GET /api/tasks HTTP/3.0\r\n{host}\r\n"),
        format!("GET /api/tasks HTTP/1.1 more\r\n{host}\r\n"),
        format!("GET /api/\0tasks HTTP/1.1\r\n{host}\r\n"),
        format!("GET api/tasks HTTP/1.1\r\n{host}\r\n"),
        format!("G\0T /api/tasks HTTP/1.1\r\n{host}\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".to_owned() + &"\0".repeat(512) + "\r\n\r\n",
    ] {
        scene.is_refused(&head).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_two_lengths_are_refused_and_no_part_of_them_is_another_request() {
    let scene = Scene::start().await;
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",
        "Content-Length: 5, 5\r\n\r\nabcde",
        "Content-Length: +5\r\n\r\nabcde",
        "Content-Length: -5\r\n\r\nabcde",
        "Content-Length: 0x5\r\n\r\nabcde",
        "Content-Length: 5 5\r\n\r\nabcde",
        "Content-Length:\r\n\r\nabcde",
        "Content-Length: 99999999999999999999\r\n\r\nabcde",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        "Transfer-Encoding: chunked\r\n\r\n 5\r\nabcde\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\nabcde\n0\n\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefgh\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\nabcde\r\n0\r\n\r\n",
    ] {
        scene.is_refused(&scene.create(framing)).await;
    }
    let old = scene.create("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0");
    scene.is_refused(&old).await;
    let count = scene.database.connect().await.query_one("SELECT count(*) FROM tasks", &[]).await.unwrap();
    assert_eq!(count.get::<_, i64>(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_and_has_one_meaning_is_one_request() {
    let scene = Scene::start().await;
    let json = "{\"title\": \"Buy milk\"}";
    let length = json.len();
    for (request, status) in [
        // A line may end with a mere line feed (RFC 9112, 2.2).
        ("GET /health/live HTTP/1.1\nHost: localhost\n\n".to_owned(), 200),
        ("\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), 200),
        ("GET http://localhost/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), 200),
        ("BREW /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), 405),
        // An expectation that nobody knows may be passed over.
        (scene.create(&format!("Expect: a-miracle\r\nContent-Length: {length}\r\n\r\n{json}")), 201),
        (scene.create(&format!("Transfer-Encoding: Chunked\r\n\r\n{length:x};a=b\r\n{json}\r\n0\r\n\r\n")), 201),
    ] {
        let mut connection = RawConnection::open(&scene.server).await;
        connection.send(&request).await.unwrap();
        connection.send(SMUGGLED).await.unwrap();
        assert_eq!(connection.answer().await.unwrap().status, status, "{request:?}");
        let RawAnswer { status, body, .. } = connection.answer().await.unwrap();
        assert_eq!((status, body.as_str()), (200, "{\"status\":\"ok\"}"), "after {request:?}");
    }
}

struct Scene {
    server: Server,
    database: Database,
    token: String,
}

impl Scene {
    async fn start() -> Self {
        let (database, issuer) = (Database::migrated().await, Issuer::start());
        let server = issuer.server(database.url()).await;
        Self { server, database, token: issuer.token("ann") }
    }

    /// A request of somebody who is let in, whose body is read therefore; `framing` is the end of its head, and the body.
    fn create(&self, framing: &str) -> String {
        let token = &self.token;
        format!(
            "POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\n{framing}"
        )
    }

    /// Nobody answers more than a refusal, the connection ends, and the server lives.
    async fn is_refused(&self, request: &str) {
        let shown: String = request.chars().take(400).collect();
        let mut connection = RawConnection::open(&self.server).await;
        // The server may have closed the connection before it has read all of this.
        let sent = async {
            connection.send(request).await?;
            connection.send(SMUGGLED).await
        };
        let _ = sent.await;
        let said = connection.rest().await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{shown:?}: {said}");
        assert!(said.matches("HTTP/1.1").count() <= 1 && !said.contains("{\"status\":\"ok\"}"), "{shown:?}: {said}");
        body(self.server.get("/health/live").await, 200).await;
    }
}
