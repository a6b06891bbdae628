// Drives the official client's admin plugin through everything that it has, and ends with 0 if every step did what it must.
//
//   node administrator.mjs --base http://localhost:8000 --database postgres://…
//
// The database is the server's own: nobody can make the first administrator by HTTP.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { createAuthClient } from "better-auth/client";
import { adminClient } from "better-auth/client/plugins";
import pg from "pg";
import { browser } from "./lib/jar.mjs";

const { values: options } = parseArgs({ options: { base: { type: "string" }, database: { type: "string" } } });
const { origin } = new URL(options.base);
const run = randomBytes(6).toString("hex");
const account = (name) => ({ name, email: `${name}.${run}@example.com`, password: "correct horse 1" });

/** The official client in a browser of its own. */
function open() {
  const { fetch, jar } = browser(origin);
  const client = createAuthClient({ baseURL: origin, plugins: [adminClient()], fetchOptions: { customFetchImpl: fetch } });
  return { client, jar, session: async () => data(await client.getSession()) };
}

function data({ data, error }) {
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

function refused({ data, error }, status, code) {
  assert.equal(data, null);
  assert.deepEqual({ status: error.status, code: error.code }, { status, code });
}

async function makeAdmin(userId) {
  const client = new pg.Client({ connectionString: options.database });
  await client.connect();
  await client.query("UPDATE users SET role = 'admin' WHERE id = $1", [userId]);
  await client.end();
}

const [desk, phone] = [open(), open()];
const { admin } = desk.client;
let root;
let ann;

const steps = {
  "a plain user administers nobody": async () => {
    root = data(await desk.client.signUp.email(account("root"))).user;
    refused(await admin.listUsers({ query: {} }), 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS");
    refused(await admin.setRole({ userId: root.id, role: "admin" }), 403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE");
    assert.equal(data(await admin.hasPermission({ permissions: { user: ["list"] } })).success, false);
  },
  "an administrator may": async () => {
    await makeAdmin(root.id);
    assert.equal(data(await admin.hasPermission({ permissions: { user: ["list", "ban"] } })).success, true);
    assert.equal(data(await admin.hasPermission({ permissions: { user: ["impersonate-admins"] } })).success, false);
  },
  "makes a user, who signs in": async () => {
    ann = data(await admin.createUser(account("ann"))).user;
    assert.deepEqual([ann.email, ann.role], [account("ann").email, "user"]);
    refused(await admin.createUser(account("ann")), 400, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    data(await phone.client.signIn.email(account("ann")));
  },
  "finds users": async () => {
    const query = { searchValue: run, sortBy: "name", sortDirection: "desc", limit: 1, offset: 1 };
    const { users, total, limit, offset } = data(await admin.listUsers({ query }));
    assert.deepEqual([users.map(({ name }) => name), total, limit, offset], [["ann"], 2, 1, 1]);
    const admins = { searchValue: run, filterField: "role", filterValue: "admin", filterOperator: "eq" };
    assert.deepEqual(data(await admin.listUsers({ query: admins })).users.map(({ id }) => id), [root.id]);
    assert.equal(data(await admin.getUser({ query: { id: ann.id } })).email, ann.email);
  },
  "changes a user": async () => {
    assert.equal(data(await admin.updateUser({ userId: ann.id, data: { name: "Ann B." } })).name, "Ann B.");
    refused(await admin.updateUser({ userId: ann.id, data: {} }), 400, "NO_DATA_TO_UPDATE");
    assert.equal((await phone.session()).user.name, "Ann B.");
  },
  "gives and takes roles": async () => {
    assert.equal(data(await admin.setRole({ userId: ann.id, role: ["user", "admin"] })).user.role, "user,admin");
    assert.equal(data(await phone.client.admin.hasPermission({ permissions: { user: ["list"] } })).success, true);
    assert.equal(data(await admin.setRole({ userId: ann.id, role: "user" })).user.role, "user");
    refused(await phone.client.admin.listUsers({ query: {} }), 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS");
  },
  "sets a password": async () => {
    data(await admin.setUserPassword({ userId: ann.id, newPassword: "battery staple 2" }));
    refused(await open().client.signIn.email(account("ann")), 401, "INVALID_EMAIL_OR_PASSWORD");
    assert.equal((await phone.session()).user.id, ann.id);
  },
  "ends a session, and all of them": async () => {
    const { sessions } = data(await admin.listUserSessions({ userId: ann.id }));
    assert.equal(sessions.length, 1);
    data(await admin.revokeUserSession({ sessionToken: sessions[0].token }));
    assert.equal(await phone.session(), null);
    data(await phone.client.signIn.email({ ...account("ann"), password: "battery staple 2" }));
    data(await admin.revokeUserSessions({ userId: ann.id }));
    assert.equal(await phone.session(), null);
  },
  "keeps a user out, and lets them in again": async () => {
    data(await phone.client.signIn.email({ ...account("ann"), password: "battery staple 2" }));
    const banned = data(await admin.banUser({ userId: ann.id, banReason: "spam", banExpiresIn: 3600 })).user;
    assert.deepEqual([banned.banned, banned.banReason, banned.banExpires > new Date()], [true, "spam", true]);
    assert.equal(await phone.session(), null);
    refused(await phone.client.signIn.email({ ...account("ann"), password: "battery staple 2" }), 403, "BANNED_USER");
    refused(await admin.banUser({ userId: root.id }), 400, "YOU_CANNOT_BAN_YOURSELF");
    assert.equal(data(await admin.unbanUser({ userId: ann.id })).user.banned, false);
    data(await phone.client.signIn.email({ ...account("ann"), password: "battery staple 2" }));
  },
  "acts as a user, and is back": async () => {
    const { session, user } = data(await admin.impersonateUser({ userId: ann.id }));
    assert.deepEqual([session.impersonatedBy, user.id], [root.id, ann.id]);
    assert.equal((await desk.session()).user.id, ann.id);
    assert.ok(desk.jar.has("better-auth.admin_session"));
    refused(await admin.listUsers({ query: {} }), 403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS");
    assert.equal(data(await admin.stopImpersonating()).user.id, root.id);
    assert.equal((await desk.session()).user.id, root.id);
    assert.ok(!desk.jar.has("better-auth.admin_session") && !desk.jar.has("better-auth.dont_remember"));
    refused(await admin.impersonateUser({ userId: root.id }), 403, "YOU_CANNOT_IMPERSONATE_ADMINS");
  },
  "removes a user": async () => {
    data(await admin.removeUser({ userId: ann.id }));
    assert.equal(await phone.session(), null);
    refused(await admin.getUser({ query: { id: ann.id } }), 404, "USER_NOT_FOUND");
    refused(await admin.removeUser({ userId: root.id }), 400, "YOU_CANNOT_REMOVE_YOURSELF");
  },
};

for (const [name, run] of Object.entries(steps)) {
  try {
    await run();
    console.log(`ok      ${name}`);
  } catch (error) {
    console.log(`failed  ${name}: ${error.stack}`);
    process.exit(1);
  }
}
process.exit(0);
