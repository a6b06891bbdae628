//! The first admin, and those that are made by hand.

use serde_json::{Value, json};

use crate::support::{Database, Issuer, Server, body, hexado, hexado_fed};

const EMAIL: (&str, &str) = ("ADMIN_EMAIL", "Root@Example.com");
const PASSWORD: (&str, &str) = ("ADMIN_PASSWORD", "correct horse battery");

async fn log_in(server: &Server, email: &str, password: &str, status: u16) -> Value {
    let credentials = json!({"email": email, "password": password});
    body(server.request("POST", "/api/v1/auth/login").json(&credentials).send().await.unwrap(), status).await
}

/// The addresses of all admins.
async fn admins(database: &Database) -> Vec<String> {
    let sql = "SELECT email FROM users WHERE role ~ 'admin' ORDER BY email";
    database.connect().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn the_first_admin_is_made_at_start_and_never_again() {
    let database = Database::migrated().await;
    let variables = [("DATABASE_URL", database.url()), EMAIL, PASSWORD];
    let server = Server::start(&variables).await;
    let admin = log_in(&server, "root@example.com", "correct horse battery", 200).await;
    assert_eq!((&admin["user"]["role"], &admin["user"]["email_verified"]), (&json!("admin"), &json!(true)));
    let me = server.request("GET", "/api/v1/auth/me").bearer_auth(admin["token"].as_str().unwrap());
    assert_eq!(body(me.send().await.unwrap(), 200).await["roles"], json!(["admin"]));
    server.wait_for_log("user_created").await;
    assert!(!(server.log() + &server.errors()).contains("correct horse"));
    server.stop().await;

    let other = [variables[0], EMAIL, ("ADMIN_PASSWORD", "another password")];
    let server = Server::start(&other).await;
    server.wait_for_log("there is an admin").await;
    log_in(&server, "root@example.com", "another password", 401).await;
    log_in(&server, "root@example.com", "correct horse battery", 200).await;
    assert_eq!(admins(&database).await, ["root@example.com"]);
}

#[tokio::test]
async fn of_instances_that_start_at_once_one_makes_the_first_admin() {
    let database = Database::empty().await;
    let named = ["one", "two", "three"].map(|name| format!("{name}@example.com"));
    let mut servers: Vec<_> = named
        .iter()
        .map(|email| {
            Server::launch(&[("DATABASE_URL", database.url()), ("ADMIN_EMAIL", email), PASSWORD, ("WORKERS", "1")])
        })
        .collect();
    for server in &mut servers {
        server.wait_until_ready().await;
    }
    let made = admins(&database).await;
    assert_eq!(made.len(), 1, "{made:?}");
    log_in(&servers[0], &made[0], "correct horse battery", 200).await;
}

#[tokio::test]
async fn who_has_the_address_becomes_an_admin_only_if_it_is_verified() {
    let database = Database::migrated().await;
    let url = ("DATABASE_URL", database.url());
    let server = Server::start(&[url]).await;
    let ann = json!({"name": "Ann", "email": "root@example.com", "password": "the password of ann"});
    body(server.request("POST", "/api/v1/auth/signup").json(&ann).send().await.unwrap(), 201).await;
    server.stop().await;

    let server = Server::start(&[url, EMAIL, PASSWORD]).await;
    server.wait_for_log("no admin is made").await;
    assert!(admins(&database).await.is_empty());
    server.stop().await;

    database.connect().await.execute("UPDATE users SET email_verified = true", &[]).await.unwrap();
    let server = Server::start(&[url, EMAIL, PASSWORD]).await;
    server.wait_for_log("role_set").await;
    log_in(&server, "root@example.com", "correct horse battery", 401).await;
    let ann = log_in(&server, "root@example.com", "the password of ann", 200).await;
    assert_eq!(ann["user"]["role"], "user,admin");
}

#[tokio::test]
async fn an_admin_is_made_by_hand_with_a_password_from_anywhere() {
    let database = Database::empty().await;
    let url = ("DATABASE_URL", database.url());
    let create = ["admin", "create", "--email"];

    let given = hexado(&[&create[..], &["one@example.com", "--name", "One"]].concat(), &[url, PASSWORD]);
    assert_eq!((given.code, &*given.stdout), (Some(0), "one@example.com is an admin\n"), "{given:?}");
    let fed = [&create[..], &["two@example.com", "--password-stdin"]].concat();
    let fed = hexado_fed("piped password\r\nmore", &fed, &[url, PASSWORD]);
    assert_eq!((fed.code, &*fed.stdout), (Some(0), "two@example.com is an admin\n"), "{fed:?}");
    let made = hexado(&[&create[..], &["three@example.com"]].concat(), &[url]);
    let password = made.stdout.strip_prefix("three@example.com is an admin\npassword: ").unwrap().trim_end();
    assert_eq!((made.code, password.len()), (Some(0), 24), "{made:?}");

    let server = Server::start(&[url]).await;
    for (email, password) in [("one", PASSWORD.1), ("two", "piped password"), ("three", password)] {
        let admin = log_in(&server, &format!("{email}@example.com"), password, 200).await;
        assert_eq!(admin["user"]["role"], "admin");
    }
    for output in [given, fed, made.clone()] {
        assert!(!output.stderr.contains("password"), "{output:?}");
    }
}

#[tokio::test]
async fn an_admin_that_cannot_be_made_is_an_error_that_says_why() {
    let database = Database::migrated().await;
    let url = ("DATABASE_URL", database.url());
    let create = |email: &'static str, variables: &[(&str, &str)]| {
        let output = hexado(&["admin", "create", "--email", email], variables);
        assert_eq!(output.stdout, "", "{output:?}");
        assert!(!output.stderr.contains("hunter2"), "{output:?}");
        (output.code, output.stderr)
    };
    let refused = |(code, said): (Option<i32>, String), expected: i32, reason: &str| {
        assert_eq!(code, Some(expected), "{said}");
        assert!(said.contains(reason), "{said}");
    };
    assert_eq!(hexado(&["admin", "create", "--email", "ann@example.com"], &[url, PASSWORD]).code, Some(0));
    refused(create("Ann@Example.com", &[url, PASSWORD]), 1, "another user has the e-mail address ann@example.com");
    refused(create("ann", &[url]), 2, "write an address");
    refused(create("bob@example.com", &[url, ("ADMIN_PASSWORD", "hunter2")]), 2, "8 to 128 characters");
    let nobody = ("DATABASE_URL", "postgres://ann:hunter2@127.0.0.1:1/x?sslmode=disable");
    refused(create("bob@example.com", &[nobody]), 1, "error: ");
    let key_set = Issuer::start().key_set_url();
    refused(create("bob@example.com", &[url, ("JWKS_URL", &key_set)]), 1, "IDENTITY is external");

    let fed = ["admin", "create", "--email", "bob@example.com", "--password-stdin"];
    for (typed, reason) in [("", "no password on standard input"), ("hunter2\n", "8 to 128 characters")] {
        let output = hexado_fed(typed, &fed, &[url]);
        refused((output.code, output.stderr), 1, reason);
    }
    assert_eq!(admins(&database).await, ["ann@example.com"]);
}
