//! The database is not there yet, or has not what it must have.

use hexado_devdb::testing::PrivateCluster;

use crate::support::{Database, Issuer, Server, blocking, body, hexado};

#[tokio::test]
async fn without_a_database_the_server_waits_and_serves_when_it_comes() {
    let issuer = Issuer::start();
    let mut cluster = blocking(PrivateCluster::start).await.unwrap();
    let url = cluster.url().to_owned();
    cluster = blocking(move || cluster.stop().map(|()| cluster)).await.unwrap();

    let mut server = Server::launch(&[("DATABASE_URL", &url), ("JWKS_URL", &issuer.key_set_url())]);
    server.wait_for("/health/live", 200).await;
    assert_unavailable(&server, &issuer).await;
    assert_eq!(body(server.get("/health/ready").await, 503).await["process"], "starting");

    cluster = blocking(move || cluster.restart().map(|()| cluster)).await.unwrap();
    server.wait_until_ready().await;
    body(tasks(&server, &issuer).await, 200).await;
    let said = server.log().lines().filter(|line| line.contains("not serving yet")).count();
    assert!((1..=3).contains(&said), "once for each change, not once for each attempt:\n{}", server.log());
    drop(server);
    drop(cluster);
}

#[tokio::test]
async fn a_server_that_must_not_migrate_waits_until_somebody_did() {
    let (database, issuer) = (Database::empty().await, Issuer::start());
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url()), ("MIGRATE", "check")];
    let mut server = Server::launch(&variables);
    server.wait_for("/health/live", 200).await;
    assert_eq!(body(server.get("/health/ready").await, 503).await["process"], "starting");
    assert_eq!(hexado(&["migrate"], &[("DATABASE_URL", database.url())]).code, Some(0));
    server.wait_until_ready().await;
}

#[tokio::test]
async fn a_migration_that_fails_ends_the_server() {
    let (database, issuer) = (Database::empty().await, Issuer::start());
    // Somebody else's table, in the way of ours.
    database.connect().await.batch_execute("CREATE TABLE tasks (nothing text)").await.unwrap();
    let mut server = Server::launch(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]);
    assert_eq!(server.wait().await.code(), Some(1));
    let said = server.errors();
    assert!(said.starts_with("error: the database cannot be prepared: ") && said.contains("tasks"), "{said}");
}

/// The process lives, and says of everything else when to ask again.
async fn assert_unavailable(server: &Server, issuer: &Issuer) {
    body(server.get("/health/live").await, 200).await;
    body(server.get("/health/ready").await, 503).await;
    body(server.get("/health").await, 503).await;
    let refusal = tasks(server, issuer).await;
    assert!(refusal.headers().contains_key("retry-after"), "{refusal:?}");
    assert_eq!(body(refusal, 503).await["code"], "starting");
}

async fn tasks(server: &Server, issuer: &Issuer) -> reqwest::Response {
    server.request("GET", "/api/v1/tasks").bearer_auth(issuer.token("ann")).send().await.unwrap()
}
