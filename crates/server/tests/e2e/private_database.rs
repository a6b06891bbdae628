//! A development server without `DATABASE_URL`.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use hexado_devdb::{Options, erase};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Server, body, free_port, hexado};

#[tokio::test]
async fn it_keeps_its_data_over_restarts_and_kills_and_stops_its_postgres() {
    let data = DataDir::new();
    let path = data.path.to_str().unwrap();
    let port = free_port().to_string();
    let variables = [("DATA_DIR", path), ("PORT", port.as_str())];

    // Without a server: it starts the database, makes the tables, and stops the database again.
    let seeded = hexado(&["db", "seed"], &variables);
    assert_eq!(seeded.code, Some(0), "{seeded:?}");
    assert!(!data.postgres_runs());
    let token = hexado(&["token"], &variables);
    assert_eq!(token.code, Some(0), "{token:?}");
    let token = token.stdout.trim();

    let server = Server::start(&variables).await;
    assert_eq!(count(&server, token).await, 12);
    create(&server, token).await;
    server.stop().await;
    assert!(!data.postgres_runs());

    let mut server = Server::start(&variables).await;
    assert_eq!(count(&server, token).await, 13);
    create(&server, token).await;
    server.signal("KILL");
    server.wait().await;
    assert!(data.postgres_runs());

    let server = Server::start(&variables).await;
    assert_eq!(count(&server, token).await, 14);
    // A second process on the same data, while the server runs, leaves it running.
    assert_eq!(hexado(&["db", "seed"], &variables).code, Some(0));
    assert_eq!(count(&server, token).await, 14);
    server.stop().await;
    assert!(!data.postgres_runs());
}

#[tokio::test]
async fn its_key_set_is_public_and_a_demo_friend_sees_other_tasks() {
    let data = DataDir::new();
    let path = data.path.to_str().unwrap();
    let port = free_port().to_string();
    let variables = [("DATA_DIR", path), ("PORT", port.as_str())];
    let server = Server::start(&variables).await;
    assert_eq!(hexado(&["db", "seed"], &variables).code, Some(0));

    let keys = body(server.get("/api/auth/jwks").await, 200).await;
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["crv"]), (&json!("OKP"), &json!("Ed25519")));
    assert_eq!(keys["keys"][0]["d"], Value::Null, "the private half stays private");
    let friend = hexado(&["token", "--sub", "demo-friend"], &variables);
    assert_eq!(count(&server, friend.stdout.trim()).await, 2);
    server.stop().await;
}

/// A folder that the user can pass as whom Postgres runs; it leaves no Postgres behind.
struct DataDir {
    path: PathBuf,
    _folder: TempDir,
}

impl DataDir {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        Self { path: folder.path().join("data"), _folder: folder }
    }

    fn postgres_runs(&self) -> bool {
        let folders = fs::read_dir(&self.path).unwrap();
        folders.into_iter().any(|folder| folder.unwrap().path().join("data/postmaster.pid").exists())
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        let _ = erase(&Options::new(&self.path));
    }
}

async fn create(server: &Server, token: &str) {
    let request = server.request("POST", "/api/tasks").bearer_auth(token).json(&json!({"title": "One more"}));
    body(request.send().await.unwrap(), 201).await;
}

async fn count(server: &Server, token: &str) -> usize {
    let request = server.request("GET", "/api/tasks?limit=100").bearer_auth(token);
    body(request.send().await.unwrap(), 200).await.as_array().unwrap().len()
}
