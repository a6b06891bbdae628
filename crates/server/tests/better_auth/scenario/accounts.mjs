export async function accounts(s) {
  const ann = await s.signUp("ann");
  const bob = await s.signUp("bob");
  await s.get("list as nobody", "/list-accounts");
  await s.get("list", "/list-accounts", { as: ann });

  const unlink = (step, body, options = { as: ann }) => s.post(step, "/unlink-account", body, options);
  await unlink("unlink as nobody", { accountId: "x" }, {});
  await unlink("unlink nothing", {});
  await unlink("unlink the last one", { accountId: "x" });
  const id = `google-${s.address("ann")}`;
  await s.sql(
    "INSERT INTO accounts (id, account_id, provider_id, user_id, access_token, refresh_token, scope, updated_at) " +
      "VALUES ($1, '4711', 'google', $2, 'secret-1', 'secret-2', 'openid,email', now())",
    [id, ann.user.id],
  );
  await s.get("list with a second one", "/list-accounts", { as: ann });
  await s.signUp("eve");
  await unlink("unlink an unknown one", { accountId: "x" });
  await unlink("unlink somebody else's", { accountId: id }, { as: bob });
  await unlink("unlink by provider", { providerId: "google" });
  await unlink("unlink", { accountId: id });
  await unlink("unlink again", { accountId: id });
  await s.get("list after that", "/list-accounts", { as: ann });

  const guarded = (step, path, body, options = { as: ann }) => s.post(step, path, body, options);
  await guarded("link", "/link-social", { provider: "google" });
  await guarded("link an unknown provider", "/link-social", { provider: "nope" });
  await guarded("link nothing", "/link-social", {});
  await guarded("link as nobody", "/link-social", { provider: "google" }, {});
  await guarded("access token", "/get-access-token", { accountId: "x" });
  await guarded("access token of nothing", "/get-access-token", {});
  await guarded("access token of a number", "/get-access-token", { accountId: 7 });
  await guarded("access token as nobody", "/get-access-token", { accountId: "x" }, {});
  await guarded("refresh token", "/refresh-token", { accountId: "x" });
  await guarded("refresh token as nobody", "/refresh-token", { accountId: "x" }, {});
  await s.get("account info", "/account-info?accountId=x", { as: ann });
  await s.get("account info as nobody", "/account-info?accountId=x");
}
