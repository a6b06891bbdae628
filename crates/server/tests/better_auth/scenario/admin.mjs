// The administration of users, and administrators who act as them.
export async function admin(s) {
  const root = await s.signUp("root");
  const [ann, bob, eve] = [await s.signUp("ann"), await s.signUp("bob"), await s.signUp("eve")];
  const makeAdmin = ({ user }) => s.sql("UPDATE users SET role = 'admin' WHERE id = $1", [user.id]);
  await makeAdmin(root);
  await makeAdmin(eve);
  const as = (who) => ({ as: who });
  const post = (step, route, body, options = as(root)) => s.post(step, `/admin/${route}`, body, options);
  const get = (step, route, query, options = as(root)) => s.get(step, `/admin/${route}?${new URLSearchParams(query)}`, options);
  /** The cookies that an answer sets. */
  const kept = ({ cookies }) => ({ cookie: cookies.map((line) => line.split(";")[0]).filter((pair) => !pair.endsWith("=")).join("; ") });
  const of = ({ user }) => ({ userId: user.id });
  /** Undoes what only one of the servers has done. */
  const reset = (who, change) => s.sql(`UPDATE users SET ${change} WHERE id = $1`, [who.user.id]);
  const signIn = (step, name, password = "password-1") => s.post(step, "/sign-in/email", { email: s.address(name), password });

  const bodies = {
    "create-user": { email: s.address("new"), name: "new", password: "password-1" },
    "update-user": { ...of(ann), data: { name: "Ann" } },
    "set-role": { ...of(ann), role: "admin" },
    "ban-user": of(ann),
    "unban-user": of(ann),
    "list-user-sessions": of(ann),
    "revoke-user-session": { sessionToken: ann.token },
    "revoke-user-sessions": of(ann),
    "impersonate-user": of(ann),
    "remove-user": of(ann),
    "set-user-password": { ...of(ann), newPassword: "password-2" },
  };
  for (const [route, body] of Object.entries(bodies)) {
    await post(`${route}: nobody`, route, body, {});
    await post(`${route}: a plain user`, route, body, as(bob));
    await post(`${route}: nothing`, route, {});
    await s.send(`${route}: no body`, "POST", `/admin/${route}`, as(root));
    await s.get(`${route}: GET`, `/admin/${route}`, as(root));
  }
  for (const route of ["update-user", "set-role", "ban-user", "unban-user", "impersonate-user", "remove-user"]) {
    await post(`${route}: an unknown user`, route, { ...bodies[route], userId: "unknown" });
    await post(`${route}: a number for a user`, route, { ...bodies[route], userId: 7 });
  }
  for (const route of ["list-users", "get-user"]) {
    await get(`${route}: nobody`, route, { id: ann.user.id }, {});
    await get(`${route}: a plain user`, route, { id: ann.user.id }, as(bob));
  }
  await s.send("stop-impersonating: nobody", "POST", "/admin/stop-impersonating");
  await s.send("stop-impersonating: who acts as nobody", "POST", "/admin/stop-impersonating", as(root));

  // What somebody may do.
  const permitted = (step, permissions, options) => post(`has-permission: ${step}`, "has-permission", { permissions }, options);
  await permitted("nobody", { user: ["list"] }, {});
  await permitted("a plain user", { user: ["list"] }, as(bob));
  await permitted("an admin", { user: ["list", "ban"], session: ["revoke"] });
  await permitted("not held", { user: ["list", "impersonate-admins"] });
  await permitted("an unknown action", { user: ["fly"] });
  await permitted("an unknown resource", { plane: ["fly"] });
  await permitted("no action", { user: [] });
  await permitted("no resource", {});
  await permitted("our own", { task: ["read-any"] });
  await permitted("phone numbers", { user: ["set-phone"] });
  await permitted("a text", "user:list");
  await permitted("a text for actions", { user: "list" });
  await permitted("a number for an action", { user: [1] });
  await post("has-permission: nothing", "has-permission", {});
  await post("has-permission: one", "has-permission", { permission: { user: ["list"] } });
  await post("has-permission: both", "has-permission", { permission: { user: ["list"] }, permissions: { user: ["list"] } });
  await post("has-permission: of others", "has-permission", { ...of(ann), role: "admin", permissions: { user: ["list"] } }, as(bob));

  // Users come to be.
  await post("create-user", "create-user", { ...bodies["create-user"], email: s.address("NEW") });
  await signIn("create-user: signs in", "new");
  await post("create-user: again", "create-user", bodies["create-user"]);
  await post("create-user: without a password", "create-user", { email: s.address("later"), name: "later" });
  await post("create-user: an empty password", "create-user", { email: s.address("empty"), name: "empty", password: "" });
  await post("create-user: a short password", "create-user", { email: s.address("short"), name: "short", password: "short" });
  await post("create-user: a long password", "create-user", { email: s.address("long"), name: "long", password: "x".repeat(129) });
  await post("create-user: no address", "create-user", { email: "nobody", name: "x" });
  await post("create-user: a number for an address", "create-user", { email: 7, name: 8, password: 9 });
  await post("create-user: a role", "create-user", { email: s.address("helper"), name: "helper", role: "admin" });
  await post("create-user: roles", "create-user", { email: s.address("both"), name: "both", role: ["user", "admin"] });
  await post("create-user: an unknown role", "create-user", { email: s.address("odd"), name: "odd", role: "emperor" });
  await s.sql("DELETE FROM users WHERE email = $1", [s.address("odd")]);
  await post("create-user: a number for a role", "create-user", { email: s.address("odd"), name: "odd", role: 7 });
  await post("create-user: data", "create-user", {
    email: s.address("data"), name: "data", data: { role: "user", emailVerified: true, image: "https://example.com/a.png", name: "other", unknown: 1 },
  });
  await post("create-user: a number for a role in data", "create-user", { email: s.address("odd"), name: "odd", data: { role: 7 } });
  await post("create-user: banned", "create-user", { email: s.address("kept-out"), name: "kept out", password: "password-1", data: { banned: true, banReason: "spam" } });
  await signIn("create-user: banned, signs in", "kept-out");

  // Users are found.
  await get("get-user", "get-user", { id: ann.user.id });
  await get("get-user: an unknown one", "get-user", { id: "unknown" });
  await get("get-user: none", "get-user", {});
  const run = ann.user.email.split("@")[0].slice("ann.".length);
  const ours = { searchValue: run, sortBy: "email" };
  const list = (step, query) => get(`list-users: ${step}`, "list-users", query);
  await list("all of this run", ours);
  await list("a page", { ...ours, limit: "2", offset: "1" });
  await list("the last page", { ...ours, limit: "100", offset: "8" });
  await list("descending", { ...ours, sortDirection: "desc", limit: "3" });
  await list("by name", { ...ours, sortBy: "name", limit: "3" });
  await list("limits that are none", { ...ours, limit: "many", offset: "0" });
  await list("a negative limit", { ...ours, limit: "-1" });
  await list("half a limit", { ...ours, limit: "1.5" });
  await list("a search by name", { searchValue: "root", searchField: "name", filterField: "email", filterValue: root.user.email });
  await list("a search by another field", { searchValue: "x", searchField: "role" });
  await list("a beginning", { ...ours, searchValue: `ann.${run}`, searchOperator: "starts_with" });
  await list("an end", { ...ours, searchValue: `${run}@example.com`, searchOperator: "ends_with", limit: "1" });
  await list("an unknown operator", { ...ours, searchOperator: "like" });
  await list("other capitals", { ...ours, searchValue: `ANN.${run}` });
  await list("a wildcard", { ...ours, searchValue: `a_n.${run}` });
  await list("another wildcard", { ...ours, searchValue: `a%n.${run}` });
  await list("an empty search", { searchValue: "", filterValue: ann.user.email });
  const filter = (step, filterField, filterOperator, filterValue, more) =>
    list(`filter ${step}`, { ...ours, filterField, filterOperator, filterValue, ...more });
  await filter("eq", "role", "eq", "admin");
  await filter("ne", "role", "ne", "user");
  await filter("in", "role", "in", "admin");
  await filter("not in", "role", "not_in", "admin", { limit: "2" });
  await filter("contains", "role", "contains", "adm");
  await filter("starts with", "email", "starts_with", "b");
  await filter("ends with", "name", "ends_with", "r");
  await filter("a flag", "banned", "eq", "true");
  await filter("a flag that is none", "banned", "eq", "maybe");
  await filter("lt", "createdAt", "lt", "2020-01-01");
  await filter("gte", "createdAt", "gte", "2020-01-01", { limit: "1" });
  await filter("gt", "name", "gt", "later");
  await filter("lte", "name", "lte", "ann");
  await filter("an unknown field", "password", "eq", "x");
  await filter("an unknown operator", "name", "like", "x");
  await list("an unknown sort", { ...ours, sortBy: "password" });
  await list("an unknown direction", { ...ours, sortDirection: "up" });
  await s.get("list-users: several values", `/admin/list-users?searchValue=${run}&sortBy=email&filterField=name&filterOperator=in&filterValue=ann&filterValue=bob`, as(root));
  await s.get("list-users: two limits", "/admin/list-users?limit=1&limit=2", as(root));

  // Users change.
  const update = (step, data, more) => post(`update-user: ${step}`, "update-user", { ...of(ann), data, ...more });
  await update("name and image", { name: "Ann B.", image: "https://example.com/ann.png" });
  await update("no image", { image: null });
  await update("nothing at all", {});
  await update("a password", { password: "password-3" });
  await update("an id", { id: "x" });
  await update("an unknown field", { unknown: 1 });
  await update("verified", { emailVerified: true });
  await update("an address", { email: s.address("ANN2") });
  await reset(ann, "email_verified = true");
  await update("an address, and whether it is verified", { email: s.address("ann"), emailVerified: false });
  await update("a taken address", { email: s.address("bob") });
  await update("no address", { email: "nobody" });
  await update("a role", { role: "admin" });
  await update("roles", { role: ["user"] });
  await update("a number for a role", { role: 7 });
  await update("an unknown role", { role: "emperor" });
  await reset(ann, "role = 'user'");
  await update("a role and a name", { role: "admin", name: "Ann" });
  await update("banned", { role: "user", banned: true, banReason: "spam" });
  await update("not banned", { banned: false });
  await reset(ann, "ban_reason = NULL");
  await update("oneself banned", { banned: true }, of(root));
  await update("a phone number", { phoneNumber: "1" });
  await update("data that is none", "name");
  await update("a number for a name", { name: 7 });
  await reset(ann, "name = 'Ann'");

  await post("set-role", "set-role", { ...of(bob), role: "admin" });
  await post("set-role: several", "set-role", { ...of(bob), role: ["user", "admin"] });
  await post("set-role: in one text", "set-role", { ...of(bob), role: "user,admin" });
  await post("set-role: back", "set-role", { ...of(bob), role: "user" });
  await post("set-role: an unknown one", "set-role", { ...of(bob), role: "emperor" });
  await post("set-role: none", "set-role", { ...of(bob), role: [] });
  await reset(bob, "role = 'user'");
  await post("set-role: a number", "set-role", { ...of(bob), role: 7 });
  await post("set-role: numbers", "set-role", { ...of(bob), role: [7] });
  await post("set-role: one's own", "set-role", { ...of(root), role: "user,admin" });
  await reset(root, "role = 'admin'");

  // Bans.
  const laptop = await s.signIn("bob");
  await post("ban-user", "ban-user", of(bob));
  await s.get("ban-user: the session after that", "/get-session", as(laptop));
  await signIn("ban-user: signs in", "bob");
  await post("ban-user: again, for a reason", "ban-user", { ...of(bob), banReason: "spam", banExpiresIn: 60 });
  await post("unban-user", "unban-user", of(bob));
  await post("unban-user: again", "unban-user", of(bob));
  await signIn("unban-user: signs in", "bob");
  await post("ban-user: oneself", "ban-user", of(root));
  await post("ban-user: a text for seconds", "ban-user", { ...of(bob), banExpiresIn: "soon" });
  await post("ban-user: a number for a reason", "ban-user", { ...of(bob), banReason: 7 });
  await post("ban-user: for no time", "ban-user", { ...of(bob), banExpiresIn: 0 });
  await post("ban-user: until yesterday", "ban-user", { ...of(bob), banExpiresIn: -86400 });
  await post("unban-user: in the end", "unban-user", of(bob));

  // Sessions and passwords.
  const [phone, tablet] = [await s.signIn("bob"), await s.signIn("bob")];
  await s.sql("DELETE FROM sessions WHERE user_id = $1 AND token NOT IN ($2, $3)", [bob.user.id, phone.token, tablet.token]);
  const { sessions } = (await post("list-user-sessions", "list-user-sessions", of(bob))).json;
  await post("list-user-sessions: an unknown user", "list-user-sessions", { userId: "unknown" });
  await post("revoke-user-session", "revoke-user-session", { sessionToken: sessions[0].token });
  await post("revoke-user-session: again", "revoke-user-session", { sessionToken: sessions[0].token });
  await post("revoke-user-session: a number", "revoke-user-session", { sessionToken: 7 });
  await post("list-user-sessions: what is left", "list-user-sessions", of(bob));
  await post("revoke-user-sessions", "revoke-user-sessions", of(bob));
  await s.get("revoke-user-sessions: a session after that", "/get-session", as(tablet));
  await post("revoke-user-sessions: an unknown user", "revoke-user-sessions", { userId: "unknown" });
  await post("set-user-password", "set-user-password", { ...of(bob), newPassword: "password-2" });
  await signIn("set-user-password: the old one", "bob");
  await signIn("set-user-password: the new one", "bob", "password-2");
  await post("set-user-password: a short one", "set-user-password", { ...of(bob), newPassword: "short" });
  await post("set-user-password: a long one", "set-user-password", { ...of(bob), newPassword: "x".repeat(129) });
  await post("set-user-password: an empty one", "set-user-password", { ...of(bob), newPassword: "" });
  await post("set-user-password: nobody's", "set-user-password", { userId: "", newPassword: "password-2" });
  await post("set-user-password: an unknown user's", "set-user-password", { userId: "unknown", newPassword: "password-2" });

  // Acting as a user.
  const cid = await s.signUp("cid");
  const acting = kept(await post("impersonate-user", "impersonate-user", of(cid)));
  await s.get("acting: the session", "/get-session", as(acting));
  await s.get("acting: the user's own list", "/list-sessions", as(cid));
  await s.get("acting: the sessions", "/list-sessions", as(acting));
  await s.get("acting: a JWT", "/token", as(acting));
  await s.post("acting: a name", "/update-user", { name: "Cid" }, as(acting));
  await post("acting: as another user", "impersonate-user", of(ann), as(acting));
  await permitted("acting", { user: ["list"] }, as(acting));
  const back = kept(await s.send("stop-impersonating", "POST", "/admin/stop-impersonating", as(acting)));
  await s.get("stop-impersonating: the session", "/get-session", as(back));
  await s.get("stop-impersonating: the user's session", "/get-session", as(acting));
  await s.send("stop-impersonating: again", "POST", "/admin/stop-impersonating", as(back));

  // Only the original lets them do this.
  const dan = kept(await post("impersonate-user: dan", "impersonate-user", of(await s.signUp("dan"))));
  await s.post("acting as dan: an address", "/change-email", { newEmail: s.address("dan2") }, as(dan));
  await s.post("acting as dan: a password", "/change-password", { currentPassword: "password-1", newPassword: "password-2" }, as(dan));
  await s.post("acting as dan: to verify a password", "/verify-password", { password: "password-1" }, as(dan));
  await s.post("acting as dan: a second factor", "/two-factor/enable", { password: "password-1" }, as(dan));
  await s.post("acting as dan: the end of the account", "/delete-user", { password: "password-2" }, as(dan));

  await post("impersonate-user: an admin", "impersonate-user", of(eve));
  await post("impersonate-user: oneself", "impersonate-user", of(root));
  await post("ban-user: to impersonate", "ban-user", of(bob));
  await post("impersonate-user: who is banned", "impersonate-user", of(bob));
  await post("unban-user: to impersonate", "unban-user", of(bob));
  const without = kept(await post("impersonate-user: by bearer", "impersonate-user", of(cid), { headers: { authorization: `Bearer ${root.token}` } }));
  const only = { cookie: without.cookie.split("; ").filter((pair) => !pair.includes("admin_session")).join("; ") };
  await s.send("stop-impersonating: without the cookie", "POST", "/admin/stop-impersonating", as(only));
  const forged = { cookie: without.cookie.replace("admin_session=", "admin_session=x") };
  await s.send("stop-impersonating: a forged cookie", "POST", "/admin/stop-impersonating", as(forged));

  const brief = kept(await s.post("sign-in, not remembered", "/sign-in/email", { email: s.address("root"), password: "password-1", rememberMe: false }));
  const briefly = kept(await post("impersonate-user: not remembered", "impersonate-user", of(cid), as(brief)));
  await s.send("stop-impersonating: not remembered", "POST", "/admin/stop-impersonating", as(briefly));

  const lost = kept(await post("impersonate-user: and sign out", "impersonate-user", of(cid), as(brief)));
  await s.sql("DELETE FROM sessions WHERE user_id = $1 AND impersonated_by IS NULL AND token <> $2", [root.user.id, root.token]);
  await s.get("the administrator's own session is gone", "/get-session", as(lost));
  await s.send("stop-impersonating: it is gone", "POST", "/admin/stop-impersonating", as(lost));

  // Users go.
  await post("remove-user", "remove-user", of(bob));
  await signIn("remove-user: signs in", "bob", "password-2");
  await post("remove-user: again", "remove-user", of(bob));
  await post("remove-user: oneself", "remove-user", of(root));
}
