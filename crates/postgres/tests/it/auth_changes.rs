use chrono::TimeDelta;
use hexado_domain::identity::AuthChanges;
use hexado_postgres::PgAuthChanges;

use crate::support::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_bans_verifies_changes_a_role_or_deletes_a_user_makes_it_known() {
    let bench = Bench::new().await;
    let changes = PgAuthChanges::new(&bench.postgres);
    for (change, known) in [
        ("UPDATE users SET name = 'Ann', updated_at = now() WHERE id = 'ann'", false),
        ("UPDATE users SET role = 'admin' WHERE id = 'ann'", true),
        ("UPDATE users SET email_verified = true WHERE id = 'ann'", true),
        ("UPDATE users SET banned = true WHERE id = 'ann'", true),
        ("UPDATE users SET ban_expires = now() WHERE id = 'ann'", true),
        ("DELETE FROM users WHERE id = 'ann'", true),
    ] {
        bench.execute("DELETE FROM auth_changes").await;
        bench.execute(change).await;
        let within = changes.within(TimeDelta::seconds(60)).await.unwrap();
        assert_eq!(within.contains(&bench.ann), known, "{change}");
    }
    bench.execute("UPDATE auth_changes SET at = at - interval '61 s'").await;
    assert_eq!(changes.within(TimeDelta::seconds(60)).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_a_session_before_its_time_makes_it_known() {
    let bench = Bench::new().await;
    let changes = PgAuthChanges::new(&bench.postgres);
    for (change, known) in [
        ("UPDATE sessions SET expires_at = expires_at + interval '1 d', updated_at = now() WHERE id = 'one'", false),
        ("UPDATE sessions SET user_agent = 'curl' WHERE id = 'one'", false),
        ("UPDATE sessions SET token = 'new', previous_token = 'one' WHERE id = 'one'", true),
        ("UPDATE sessions SET expires_at = now() WHERE id = 'one'", true),
        ("DELETE FROM sessions WHERE id = 'one'", true),
        ("DELETE FROM sessions WHERE user_id = 'ann'", true),
        ("UPDATE sessions SET expires_at = now() - interval '1 s' WHERE id = 'expired'", false),
        ("DELETE FROM sessions WHERE expires_at <= now()", false),
    ] {
        bench
            .execute(
                "DELETE FROM sessions;
                INSERT INTO sessions (id, token, user_id, expires_at, updated_at) VALUES
                    ('one', 'one', 'ann', now() + interval '7 d', now()),
                    ('expired', 'expired', 'ann', now(), now());
                DELETE FROM auth_changes",
            )
            .await;
        bench.execute(change).await;
        let within = changes.within(TimeDelta::seconds(60)).await.unwrap();
        assert_eq!(within.contains(&bench.ann), known, "{change}");
    }
}
