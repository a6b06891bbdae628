//! Clients that take their time.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::sleep;

use crate::support::{Database, Issuer, RawConnection, body};

const SLOW_CLIENTS: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_that_never_finish_a_head_or_a_body_are_ended_and_hold_up_nobody() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let server = issuer.server(database.url()).await;
    let token = issuer.token("ann");
    let list = async || body(server.request("GET", "/api/tasks").bearer_auth(&token).send().await.unwrap(), 200).await;
    list().await;

    let head = "GET /api/tasks HTTP/1.1\r\nHost: localhost\r\nX-Slow: ".to_owned();
    let with_body = format!(
        "POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    let heads = join_all((0..SLOW_CLIENTS).map(|_| drip(RawConnection::open(&server), &head)));
    // More than the server works on at once: whoever waits for a body holds no place.
    let bodies = join_all((0..SLOW_CLIENTS / 2).map(|_| drip(RawConnection::open(&server), &with_body)));
    let others = async {
        for _ in 0..100 {
            list().await;
            sleep(Duration::from_millis(20)).await;
        }
    };
    let (heads, bodies, ()) = futures_util::join!(heads, bodies, others);
    for said in heads {
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408 "), "a slow head: {said:?}");
    }
    for said in bodies {
        assert!(said.starts_with("HTTP/1.1 408 ") && said.contains("\"request_timeout\""), "a slow body: {said:?}");
    }
    list().await;
}

/// Sends the beginning of a request, then a byte now and then until the server closes the connection, and answers what
/// the server said.
async fn drip(connection: impl Future<Output = RawConnection>, beginning: &str) -> String {
    let mut connection = connection.await;
    connection.send(beginning).await.unwrap();
    connection.rest_while_dripping(Duration::from_secs(1)).await
}
