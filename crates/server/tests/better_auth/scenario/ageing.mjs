// Sessions that are not new any more.
export async function ageing(s) {
  await s.signUp("ann");
  /** A session of `age`, with as much of its seven days left as it would have. */
  const aged = async (age, person = "ann") => {
    const session = await s.signIn(person);
    await s.sql(
      "UPDATE sessions SET created_at = now() - $2::interval, updated_at = now() - $2::interval, " +
        "expires_at = now() + interval '7 days' - $2::interval WHERE token = $1",
      [session.token, age],
    );
    return session;
  };

  const young = await aged("23 hours");
  await s.get("23 hours", "/get-session", { as: young });
  await s.get("23 hours, sessions", "/list-sessions", { as: young });

  const old = await aged("25 hours");
  await s.get("25 hours, sessions", "/list-sessions", { as: old });
  await s.get("25 hours, refreshed", "/get-session", { as: await aged("25 hours") });
  await s.get("25 hours, not to be refreshed", "/get-session?disableRefresh=true", { as: await aged("25 hours") });
  await s.post("25 hours, update", "/update-user", { name: "Ann" }, { as: await aged("25 hours") });
  await s.post("25 hours, deletion without a password", "/delete-user", {}, { as: await aged("25 hours") });
  await s.post("25 hours, unlinking", "/unlink-account", { accountId: "x" }, { as: await aged("25 hours") });
  await s.get("25 hours, JWT", "/token", { as: await aged("25 hours") });
  const raw = await aged("25 hours");
  await s.get("25 hours, bearer", "/get-session", { headers: { authorization: `Bearer ${raw.token}` } });

  const unwatched = await aged("25 hours");
  const cookie = `${unwatched.cookie}; better-auth.dont_remember=true.forged`;
  await s.get("25 hours, a forged dont_remember", "/get-session", { headers: { cookie } });

  await s.signUp("later");
  await s.post("20 minutes, deletion without a password", "/delete-user", {}, { as: await aged("20 minutes", "later") });

  const over = await aged("8 days");
  await s.get("8 days", "/get-session", { as: over });
  await s.get("8 days, again", "/get-session", { as: over });
  await s.get("8 days, a guarded route", "/list-accounts", { as: await aged("8 days") });
  await s.post("8 days, a guarded POST", "/update-user", { name: "x" }, { as: await aged("8 days") });
  const raws = await aged("8 days");
  await s.get("8 days, bearer", "/get-session", { headers: { authorization: `Bearer ${raws.token}` } });

  const gone = await s.signUp("gone");
  await s.sql("DELETE FROM users WHERE id = $1", [gone.user.id]);
  await s.get("of a person who is gone", "/get-session", { as: gone });
}
