//! The subcommands beside the server.

use std::collections::BTreeSet;

use crate::support::{Database, Issuer, SECRET, Server, body, free_port, hexado};

#[tokio::test]
async fn health_succeeds_while_a_server_runs_here() {
    let database = Database::migrated().await;
    let server = Server::start(&[("DATABASE_URL", database.url())]).await;
    let running = hexado(&["health"], &[("PORT", &server.port.to_string())]);
    assert_eq!(running.code, Some(0), "{running:?}");
    let stopped = hexado(&["health"], &[("PORT", &free_port().to_string())]);
    assert_eq!(stopped.code, Some(1), "{stopped:?}");
}

#[tokio::test]
async fn the_document_that_is_printed_is_the_one_that_is_served() {
    let database = Database::migrated().await;
    let server = Server::start(&[("DATABASE_URL", database.url())]).await;
    let printed = hexado(&["openapi"], &[]);
    assert_eq!(printed.code, Some(0), "{printed:?}");
    let served = body(server.get("/openapi.json").await, 200).await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&printed.stdout).unwrap(), served);
}

#[tokio::test]
async fn migrate_makes_the_tables_and_reverts_them() {
    let database = Database::empty().await;
    let tables = async || {
        let sql =
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('tasks', 'user_counters')";
        database.connect().await.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)
    };
    let migrate = |arguments: &[&str]| {
        // The direct way is the one that counts.
        let nobody = "postgres://nobody@127.0.0.1:1/nothing?sslmode=disable";
        let output = hexado(arguments, &[("DATABASE_URL", nobody), ("DATABASE_DIRECT_URL", database.url())]);
        assert_eq!((output.code, output.stdout.as_str()), (Some(0), ""), "{output:?}");
    };
    assert_eq!(tables().await, 0);
    migrate(&["migrate"]);
    assert_eq!(tables().await, 2);
    migrate(&["migrate"]);
    migrate(&["migrate", "--revert-all"]);
    assert_eq!(tables().await, 0);
    migrate(&["migrate"]);
    assert_eq!(tables().await, 2);
}

#[test]
fn migrating_without_a_database_fails() {
    let output = hexado(&["migrate"], &[("DATABASE_URL", "postgres://ann:hush@127.0.0.1:1/x?sslmode=disable")]);
    assert_eq!(output.code, Some(1));
    assert!(!output.stderr.contains("hush"), "{output:?}");
}

#[tokio::test]
async fn seeding_twice_does_not_double() {
    let database = Database::migrated().await;
    let variables = [("DATABASE_URL", database.url()), ("JWT_HS256", "on"), ("BETTER_AUTH_SECRET", SECRET)];
    for _ in 0..2 {
        let seeded = hexado(&["db", "seed"], &variables);
        // Nobody signs in here, so there are no passwords to tell.
        assert_eq!((seeded.code, seeded.stdout.as_str()), (Some(0), ""), "{seeded:?}");
    }
    let sql = "SELECT user_id, count(*) FROM tasks GROUP BY user_id ORDER BY user_id";
    let rows = database.connect().await.query(sql, &[]).await.unwrap();
    let counts: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [("demo-admin", 1), ("demo-friend", 2), ("demo-user", 12)];
    assert_eq!(counts, expected.map(|(user, count)| (user.to_owned(), count)));
}

#[tokio::test]
async fn demo_users_sign_in_with_the_passwords_that_are_printed() {
    let database = Database::migrated().await;
    let variables = [("DATABASE_URL", database.url())];
    // One of them is there already, as a token makes them.
    let by_token = "INSERT INTO users (id, name, email, role) VALUES ('demo-user', 'Demo', 'demo@example.com', 'user');
                    INSERT INTO user_counters VALUES ('demo-user')";
    database.connect().await.batch_execute(by_token).await.unwrap();
    let seeded = [(); 2].map(|()| hexado(&["db", "seed"], &variables));
    assert_eq!((seeded[0].code, &seeded[0].stdout), (Some(0), &seeded[1].stdout), "{seeded:?}");

    let server = Server::start(&variables).await;
    let mut users = Vec::new();
    for line in seeded[1].stdout.lines() {
        let [email, password] = line.split_whitespace().take(2).collect::<Vec<_>>()[..] else { panic!("{line}") };
        let credentials = serde_json::json!({"email": email, "password": password});
        let login = server.request("POST", "/api/v1/auth/login").json(&credentials).send().await.unwrap();
        let login = body(login, 200).await;
        let token = login["token"].as_str().unwrap();
        let get = async |path| body(server.request("GET", path).bearer_auth(token).send().await.unwrap(), 200).await;
        let accounts = get("/api/v1/auth/accounts").await;
        let accounts = accounts.as_array().unwrap().iter();
        let providers: BTreeSet<_> = accounts.map(|account| account["provider"].to_string()).collect();
        let tasks = get("/api/v1/tasks").await.as_array().unwrap().len();
        users.push((login["user"]["role"].to_string(), providers, tasks));
    }
    let text = |text: &&str| format!("{text:?}");
    let of = |role, providers: &[&str], tasks| (text(&role), providers.iter().map(text).collect(), tasks);
    let linked = ["credential", "github"];
    assert_eq!(users, [of("user", &linked, 12), of("user", &linked[..1], 2), of("admin", &linked[..1], 1)]);
}

#[tokio::test]
async fn a_printed_token_is_accepted() {
    let database = Database::migrated().await;
    for mode in ["on", "sub-only"] {
        let variables = [("DATABASE_URL", database.url()), ("JWT_HS256", mode), ("BETTER_AUTH_SECRET", SECRET)];
        let server = Server::start(&variables).await;
        let port = server.port.to_string();
        let token = hexado(
            &["token", "--sub", "ann", "--expires-in", "1h"],
            &[&variables, &[("PORT", port.as_str())][..]].concat(),
        );
        assert_eq!(token.code, Some(0), "{token:?}");
        body(server.request("GET", "/api/users/ann/tasks").bearer_auth(token.stdout.trim()).send().await.unwrap(), 200)
            .await;
    }
}

#[test]
fn tokens_and_demo_data_are_refused_outside_of_development() {
    let variables = [
        ("ENVIRONMENT", "staging"),
        ("DATABASE_URL", "postgres://ann:hush@127.0.0.1:1/x?sslmode=disable"),
        ("JWT_HS256", "on"),
        ("BETTER_AUTH_SECRET", SECRET),
    ];
    for arguments in [["token"].as_slice(), &["db", "seed"]] {
        let output = hexado(arguments, &variables);
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""));
        assert!(output.stderr.contains("in development only"), "{output:?}");
    }
}

#[test]
fn tokens_of_somebody_else_cannot_be_made_here() {
    let output = hexado(&["token"], &[("JWKS_URL", &Issuer::start().key_set_url())]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""));
    assert!(output.stderr.contains("JWKS_URL"), "{output:?}");
}

#[test]
fn the_help_names_every_kind_of_variable() {
    let help = hexado(&["--help"], &[]);
    for name in ["ENVIRONMENT", "DATABASE_URL", "JWKS_URL", "LOG_FILE", "DATA_DIR"] {
        assert!(help.stdout.contains(name), "{help:?}");
    }
}
