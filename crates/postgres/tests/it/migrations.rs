//! Migrations: forth and back, at the same time, and over what a Better Auth server has made.

use futures_util::future::join_all;
use hexado_devdb::testing::TestDatabase;
use hexado_domain::identity::{AccountStore, SessionStore, SessionToken, UserStore};
use hexado_domain::task::{TaskCreation, TaskStore};
use hexado_domain::testing::fixtures::{draft, new_user, noon, registration, user_id};
use hexado_postgres::{PgAccountStore, PgSessionStore, PgTaskStore, PgUserStore, Postgres, migrate};
use tokio_postgres::Client;

use crate::support::{connect, empty, migration_files, options};

/// The table of users that a Better Auth server makes with the columns renamed to snake case, without any plugin.
const PLAIN_USERS: &str = r#"CREATE TABLE "users" (
    "id" text not null primary key, "name" text not null, "email" text not null unique, "email_verified" boolean not null,
    "image" text, "created_at" timestamptz default CURRENT_TIMESTAMP not null,
    "updated_at" timestamptz default CURRENT_TIMESTAMP not null
)"#;

/// What the admin and two-factor plugins add.
const PLUGINS: &str = r#"ALTER TABLE "users" ADD COLUMN "role" text, ADD COLUMN "banned" boolean,
    ADD COLUMN "ban_reason" text, ADD COLUMN "ban_expires" timestamptz, ADD COLUMN "two_factor_enabled" boolean"#;

/// The other tables that a Better Auth server makes, without any plugin.
const PLAIN_TABLES: &str = r#"
    CREATE TABLE "sessions" ("id" text not null primary key, "expires_at" timestamptz not null,
        "token" text not null unique, "created_at" timestamptz default CURRENT_TIMESTAMP not null,
        "updated_at" timestamptz not null, "ip_address" text, "user_agent" text,
        "user_id" text not null references "users" ("id") on delete cascade);
    CREATE TABLE "accounts" ("id" text not null primary key, "account_id" text not null, "provider_id" text not null,
        "user_id" text not null references "users" ("id") on delete cascade, "access_token" text, "refresh_token" text,
        "id_token" text, "access_token_expires_at" timestamptz, "refresh_token_expires_at" timestamptz, "scope" text,
        "password" text, "created_at" timestamptz default CURRENT_TIMESTAMP not null, "updated_at" timestamptz not null);
    CREATE TABLE "verifications" ("id" text not null primary key, "identifier" text not null, "value" text not null,
        "expires_at" timestamptz not null, "created_at" timestamptz default CURRENT_TIMESTAMP not null,
        "updated_at" timestamptz default CURRENT_TIMESTAMP not null);
    CREATE INDEX "sessions_user_id_idx" ON "sessions" ("user_id");
    CREATE INDEX "accounts_user_id_idx" ON "accounts" ("user_id");
    CREATE INDEX "verifications_identifier_idx" ON "verifications" ("identifier")"#;

/// What the admin, JWT and two-factor plugins add to these.
const PLUGIN_TABLES: &str = r#"ALTER TABLE "sessions" ADD COLUMN "impersonated_by" text;
    CREATE TABLE "jwks" ("id" text not null primary key, "public_key" text not null, "private_key" text not null,
        "created_at" timestamptz not null, "expires_at" timestamptz, "alg" text, "crv" text);
    CREATE TABLE "two_factors" ("id" text not null primary key, "secret" text not null, "backup_codes" text not null,
        "user_id" text not null references "users" ("id") on delete cascade, "verified" boolean,
        "failed_verification_count" integer, "locked_until" timestamptz);
    CREATE INDEX "two_factors_secret_idx" ON "two_factors" ("secret");
    CREATE INDEX "two_factors_user_id_idx" ON "two_factors" ("user_id")"#;

/// Every column, constraint and index of the database.
async fn schema(client: &Client) -> Vec<String> {
    let sql = "SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn tables(client: &Client) -> Vec<String> {
    let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn migrations_work_on(database: &TestDatabase) {
    assert_eq!(migrate::run(&options(database.url())).await.unwrap().len(), migration_files().len() / 2);
    let postgres = Postgres::connect(options(database.url()));
    let ann = PgUserStore::new(&postgres).register(&new_user("ann")).await.unwrap();
    let creation = TaskCreation::new(ann.id, draft("a task"), noon());
    assert!(PgTaskStore::new(&postgres).create(&creation, None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_go_up_down_and_up_again() {
    let database = empty().await;
    let (options, client) = (options(database.url()), connect(database.url()).await);
    let names = migrate::run(&options).await.unwrap();
    assert_eq!(names.first().map(String::as_str), Some("2026-11-21-000001_users"));
    let first = schema(&client).await;
    migrate::revert_all(&options).await.unwrap();
    let adopted =
        ["__diesel_schema_migrations", "accounts", "jwks", "sessions", "two_factors", "users", "verifications"];
    assert_eq!(tables(&client).await, adopted);
    assert_eq!(migrate::run(&options).await.unwrap(), names);
    assert_eq!(schema(&client).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_that_are_done_are_not_done_again() {
    let database = empty().await;
    let options = options(database.url());
    assert!(!migrate::run(&options).await.unwrap().is_empty());
    assert_eq!(migrate::run(&options).await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pending_can_be_asked_without_changing_anything() {
    let database = empty().await;
    let (options, client) = (options(database.url()), connect(database.url()).await);
    let pending = migrate::pending(&options).await.unwrap();
    assert!(tables(&client).await.is_empty());
    assert_eq!(migrate::run(&options).await.unwrap(), pending);
    assert!(migrate::pending(&options).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_instances_at_once_one_migrates_and_all_succeed() {
    let database = empty().await;
    let options = options(database.url());
    let results = join_all((0..8).map(|_| migrate::run(&options))).await;
    let busy = results.into_iter().map(Result::unwrap).filter(|names| !names.is_empty()).count();
    assert_eq!(busy, 1);
    assert!(migrate::pending(&options).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_waits_for_another_without_holding_anything() {
    let database = empty().await;
    let (options, client) = (options(database.url()), connect(database.url()).await);
    client.batch_execute("SELECT pg_advisory_lock(114785020634223)").await.unwrap();
    let release = async {
        let polling = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' \
            AND application_name = 'hexado' AND backend_xmin IS NULL AND query LIKE '%pg_try_advisory_lock%'";
        crate::support::until(&client, polling, 1).await;
        assert!(tables(&client).await.is_empty());
        client.batch_execute("SELECT pg_advisory_unlock_all()").await.unwrap();
    };
    let (names, ()) = futures_util::join!(migrate::run(&options), release);
    assert!(!names.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_users_that_a_better_auth_server_made_is_adopted() {
    for plugins in ["", PLUGINS] {
        let database = empty().await;
        let client = connect(database.url()).await;
        let eve = "INSERT INTO users (id, name, email, email_verified) VALUES ('eve', 'Eve', 'eve@example.com', true)";
        client.batch_execute(&format!("{PLAIN_USERS}; {plugins}; {eve}")).await.unwrap();
        migrations_work_on(&database).await;

        let postgres = Postgres::connect(options(database.url()));
        let eve = PgUserStore::new(&postgres).find(&user_id("eve")).await.unwrap().unwrap();
        assert_eq!((&*eve.name, eve.email_verified, eve.role, eve.banned), ("Eve", true, None, false));
        // She was never registered here, and can have tasks all the same.
        let creation = TaskCreation::new(eve.id, draft("a task"), noon());
        assert!(PgTaskStore::new(&postgres).create(&creation, None).await.is_ok());
        migrate::revert_all(&options(database.url())).await.unwrap();
        assert!(tables(&client).await.contains(&"users".to_owned()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_auth_server_can_write_the_table_that_we_made() {
    let database = empty().await;
    migrations_work_on(&database).await;
    let client = connect(database.url()).await;
    let insert = "INSERT INTO users (name, email, email_verified, image, created_at, updated_at, role, banned, ban_reason, \
        ban_expires, two_factor_enabled, id) VALUES ('Eve', 'eve@example.com', false, NULL, now(), now(), 'user', false, \
        NULL, NULL, false, 'eve')";
    client.batch_execute(insert).await.unwrap();
    // No column that it does not know needs a value.
    let required = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'users' AND is_nullable = 'NO'
        AND column_default IS NULL AND column_name NOT IN ('id', 'name', 'email', 'email_verified')";
    crate::support::until(&client, required, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_accounts_and_keys_that_a_better_auth_server_made_are_adopted() {
    let ours = empty().await;
    migrations_work_on(&ours).await;
    let ours = schema(&connect(ours.url()).await).await;
    for (users, tables) in [("SELECT 1", "SELECT 1"), (PLUGINS, PLUGIN_TABLES)] {
        let database = empty().await;
        let client = connect(database.url()).await;
        client.batch_execute(&format!("{PLAIN_USERS}; {users}; {PLAIN_TABLES}; {tables}")).await.unwrap();
        client
            .batch_execute(
                "INSERT INTO users (id, name, email, email_verified) VALUES ('eve', 'Eve', 'eve@example.com', true);
                INSERT INTO sessions (id, token, user_id, expires_at, updated_at, ip_address, user_agent)
                VALUES ('one', 'token', 'eve', now() + interval '7 d', now(), '', 'curl');
                INSERT INTO accounts (id, account_id, provider_id, user_id, password, updated_at)
                VALUES ('one', 'eve', 'credential', 'eve', 'salt:key', now())",
            )
            .await
            .unwrap();
        migrations_work_on(&database).await;

        let postgres = Postgres::connect(options(database.url()));
        let (sessions, accounts) = (PgSessionStore::new(&postgres), PgAccountStore::new(&postgres));
        let found = sessions.find(&SessionToken::from_stored("token"), noon()).await.unwrap().unwrap();
        assert_eq!((&*found.user.name, &*found.session.user_agent, found.session.amr), ("Eve", "curl", None));
        let hash = accounts.password_of(&user_id("eve")).await.unwrap().unwrap();
        assert_eq!(hash.as_str(), "salt:key");
        accounts.register(&registration("bob")).await.unwrap();

        // In the end there are the same tables as if we had made them: only the first migration gives a column of theirs a
        // default that they do not have.
        let adopted = schema(&client).await;
        let differs = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|line| !other.contains(line)).cloned().collect()
        };
        assert_eq!(differs(&adopted, &ours), ["users.email_verified boolean NO "]);

        migrate::revert_all(&options(database.url())).await.unwrap();
        assert!(tables_have(&client, "eve").await);
    }
}

async fn tables_have(client: &Client, user: &str) -> bool {
    let sql = "SELECT EXISTS (SELECT FROM sessions JOIN accounts USING (user_id) WHERE user_id = $1)";
    client.query_one(sql, &[&user]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_better_auth_server_can_write_the_tables_of_identity_that_we_made() {
    let database = empty().await;
    migrations_work_on(&database).await;
    let client = connect(database.url()).await;
    client
        .batch_execute(
            "INSERT INTO sessions (expires_at, token, created_at, updated_at, ip_address, user_agent, user_id, \
                impersonated_by, id) VALUES (now(), 'token', now(), now(), '', '', 'ann', NULL, 'one');
            INSERT INTO accounts (account_id, provider_id, user_id, access_token, refresh_token, id_token, \
                access_token_expires_at, refresh_token_expires_at, scope, password, created_at, updated_at, id) \
                VALUES ('ann', 'credential', 'ann', NULL, NULL, NULL, NULL, NULL, NULL, 'salt:key', now(), now(), 'one');
            INSERT INTO verifications (identifier, value, expires_at, created_at, updated_at, id) \
                VALUES ('reset-password:t0ken', 'ann', now(), now(), now(), 'one');
            INSERT INTO jwks (public_key, private_key, created_at, expires_at, alg, crv, id) \
                VALUES ('{}', '{}', now(), NULL, 'EdDSA', 'Ed25519', 'one');
            INSERT INTO two_factors (secret, backup_codes, user_id, verified, failed_verification_count, id) \
                VALUES ('00', '00', 'ann', false, 0, 'one')",
        )
        .await
        .unwrap();
    // No column that it does not know needs a value.
    let required = "SELECT count(*) FROM information_schema.columns
        WHERE table_name IN ('sessions', 'accounts', 'verifications', 'jwks', 'two_factors')
        AND is_nullable = 'NO' AND column_default IS NULL AND column_name NOT IN (
            'id', 'expires_at', 'token', 'updated_at', 'user_id', 'account_id', 'provider_id', 'identifier', 'value',
            'public_key', 'private_key', 'created_at', 'secret', 'backup_codes'
        )";
    crate::support::until(&client, required, 0).await;
}
