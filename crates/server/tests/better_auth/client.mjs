// Drives the official client through the life of an account, step by step, and ends with 0 if every step did what it
// must.
//
//   node client.mjs --base http://localhost:8000 --mail 2525 [--tasks]
//
// The server must send its mails to that port of 127.0.0.1. With `--tasks` the JWT must open Hexado's tasks as well.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { createAuthClient } from "better-auth/client";
import { adminClient, jwtClient, twoFactorClient } from "better-auth/client/plugins";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { Authenticator } from "./lib/authenticator.mjs";
import { browser } from "./lib/jar.mjs";
import { Mailbox } from "./lib/mailbox.mjs";

const { values: options } = parseArgs({
  options: { base: { type: "string" }, mail: { type: "string" }, tasks: { type: "boolean" } },
});
const origin = new URL(options.base).origin;
const mailbox = await Mailbox.open(Number(options.mail));

const email = `ann.${randomBytes(6).toString("hex")}@example.com`;
const [first, second, third] = ["correct horse 1", "battery staple 2", "something else 3"];

/** The official client in a browser of its own. */
function open() {
  const { fetch, jar } = browser(origin);
  const plugins = [jwtClient(), adminClient(), twoFactorClient()];
  const client = createAuthClient({ baseURL: origin, plugins, fetchOptions: { customFetchImpl: fetch } });
  const signIn = (password, more) => client.signIn.email({ email, password, ...more });
  return { client, signIn, fetch, jar };
}

function data({ data, error }) {
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

function refused({ data, error }, status, code) {
  assert.equal(data, null);
  assert.deepEqual({ status: error.status, code: error.code }, { status, code });
}

const laptop = open();
const phone = open();
let jwt;
let app;
let backupCodes;
let user;

const steps = {
  "nobody is signed in": async () => {
    assert.equal(data(await laptop.client.getSession()), null);
  },
  "signs up": async () => {
    const answer = data(await laptop.client.signUp.email({ name: "Ann", email: email.toUpperCase(), password: first }));
    user = answer.user;
    assert.deepEqual([user.email, user.name, user.emailVerified], [email, "Ann", false]);
    assert.ok(user.createdAt instanceof Date);
  },
  "cannot sign up twice": async () => {
    const again = await open().client.signUp.email({ name: "Eve", email, password: first });
    refused(again, 422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
  },
  "has a session after signing up": async () => {
    const { session, user: found } = data(await laptop.client.getSession());
    assert.equal(found.id, user.id);
    assert.equal(session.userId, user.id);
    assert.ok(session.expiresAt > new Date());
  },
  "does not sign in with a wrong password": async () => {
    refused(await phone.signIn("not the password"), 401, "INVALID_EMAIL_OR_PASSWORD");
    assert.equal(phone.jar.size, 0);
  },
  "signs in on a second device": async () => {
    const answer = data(await phone.signIn(first, { rememberMe: false }));
    assert.equal(answer.user.id, user.id);
    assert.ok(phone.jar.has("better-auth.dont_remember"));
  },
  "lists both sessions": async () => {
    assert.equal(data(await laptop.client.listSessions()).length, 2);
  },
  "revokes the other session": async () => {
    const { session } = data(await phone.client.getSession());
    assert.deepEqual(data(await laptop.client.revokeSession({ token: session.token })), { status: true });
    assert.equal(data(await phone.client.getSession()), null);
    assert.equal(phone.jar.size, 0);
  },
  "revokes all other sessions": async () => {
    data(await phone.signIn(first));
    data(await laptop.client.revokeOtherSessions());
    assert.equal(data(await phone.client.getSession()), null);
    assert.equal(data(await laptop.client.getSession()).user.id, user.id);
  },
  "changes the name": async () => {
    data(await laptop.client.updateUser({ name: "Ann B.", image: "https://example.com/ann.png" }));
    const { user: found } = data(await laptop.client.getSession());
    assert.deepEqual([found.name, found.image], ["Ann B.", "https://example.com/ann.png"]);
  },
  "changes the password, and other devices are signed out": async () => {
    data(await phone.signIn(first));
    const wrong = await laptop.client.changePassword({ currentPassword: second, newPassword: second });
    refused(wrong, 400, "INVALID_PASSWORD");
    const change = { currentPassword: first, newPassword: second, revokeOtherSessions: true };
    assert.ok(data(await laptop.client.changePassword(change)).token);
    assert.equal(data(await phone.client.getSession()), null);
    assert.equal(data(await laptop.client.getSession()).user.id, user.id);
    refused(await phone.signIn(first), 401, "INVALID_EMAIL_OR_PASSWORD");
  },
  "resets the password by mail": async () => {
    data(await phone.client.requestPasswordReset({ email, redirectTo: "/reset" }));
    const { link } = await mailbox.take(email);
    const landing = new URL((await phone.fetch(link, { redirect: "manual" })).headers.get("location"), origin);
    assert.equal(landing.pathname, "/reset");
    const reset = { newPassword: third, token: landing.searchParams.get("token") };
    data(await phone.client.resetPassword(reset));
    refused(await phone.client.resetPassword(reset), 400, "INVALID_TOKEN");
    refused(await phone.signIn(second), 401, "INVALID_EMAIL_OR_PASSWORD");
    data(await phone.signIn(third));
  },
  "says nothing about who has an account": async () => {
    const [known, unknown] = [email, `nobody.${email}`].map((email) => phone.client.requestPasswordReset({ email }));
    assert.deepEqual(data(await known), data(await unknown));
  },
  "verifies the address by mail": async () => {
    data(await phone.client.sendVerificationEmail({ email, callbackURL: "/welcome" }));
    // The mail of the step before comes first.
    const mails = [await mailbox.take(email), await mailbox.take(email)];
    const { link } = mails.find(({ link }) => link.includes("/verify-email"));
    const landing = await phone.fetch(link, { redirect: "manual" });
    assert.equal(new URL(landing.headers.get("location"), origin).pathname, "/welcome");
    assert.equal(data(await phone.client.getSession()).user.emailVerified, true);
  },
  "lists the one account": async () => {
    const accounts = data(await phone.client.listAccounts());
    assert.deepEqual(accounts.map(({ providerId, accountId }) => [providerId, accountId]), [["credential", user.id]]);
  },
  "fetches a JWT that verifies by the key set": async () => {
    jwt = data(await phone.client.token()).token;
    const keys = createRemoteJWKSet(new URL("/api/auth/jwks", origin));
    const { payload, protectedHeader } = await jwtVerify(jwt, keys, { issuer: origin, audience: origin });
    assert.deepEqual([payload.sub, payload.email, protectedHeader.alg], [user.id, email, "EdDSA"]);
    assert.equal(data(await phone.client.jwks()).keys.filter(({ kid }) => kid === protectedHeader.kid).length, 1);
  },
  ...(options.tasks && {
    "opens the tasks with the JWT": async () => {
      const headers = { authorization: `Bearer ${jwt}`, "content-type": "application/json" };
      const body = JSON.stringify({ title: "Buy milk" });
      const made = await fetch(`${origin}/api/v1/tasks`, { method: "POST", headers, body });
      assert.equal(made.status, 201);
      assert.equal((await made.json()).user_id, user.id);
      const list = await (await fetch(`${origin}/api/v1/tasks`, { headers })).json();
      assert.deepEqual(list.map(({ title }) => title), ["Buy milk"]);
    },
    "opens the tasks with the session's cookie": async () => {
      assert.equal((await (await phone.fetch(`${origin}/api/v1/tasks`)).json()).length, 1);
    },
  }),
  "enables a second factor with the first code of an app": async () => {
    refused(await phone.client.twoFactor.enable({ password: first }), 400, "INVALID_PASSWORD");
    const prepared = data(await phone.client.twoFactor.enable({ password: third, issuer: "My App" }));
    app = new Authenticator(prepared.totpURI);
    assert.ok(prepared.totpURI.startsWith("otpauth://totp/My%20App:"));
    refused(await phone.client.twoFactor.verifyTotp({ code: app.wrong() }), 401, "INVALID_CODE");
    data(await phone.client.twoFactor.verifyTotp({ code: await app.next() }));
    assert.equal(data(await phone.client.getSession()).user.twoFactorEnabled, true);
    refused(await phone.client.twoFactor.enable({ password: third }), 400, "TOTP_ALREADY_ENABLED");
  },
  "shows the second factor again": async () => {
    const { totpURI } = data(await phone.client.twoFactor.getTotpUri({ password: third }));
    assert.equal(new URL(totpURI).searchParams.get("issuer"), "Hexado");
    ({ backupCodes } = data(await phone.client.twoFactor.generateBackupCodes({ password: third })));
    assert.equal(backupCodes.length, 10);
  },
  "is asked for the second factor, and trusts the device": async () => {
    const asked = data(await laptop.signIn(third));
    assert.deepEqual(asked, { twoFactorRedirect: true, twoFactorMethods: ["totp"] });
    assert.equal(data(await laptop.client.getSession()), null);
    refused(await laptop.client.twoFactor.verifyTotp({ code: app.wrong() }), 401, "INVALID_CODE");
    const entered = data(await laptop.client.twoFactor.verifyTotp({ code: await app.next(), trustDevice: true }));
    assert.equal(entered.user.id, user.id);
    assert.equal(data(await laptop.client.getSession()).user.id, user.id);
    assert.ok(data(await laptop.signIn(third)).token);
  },
  "comes in by a backup code, once": async () => {
    const tablet = open();
    data(await tablet.signIn(third));
    data(await tablet.client.twoFactor.verifyBackupCode({ code: backupCodes[0] }));
    assert.equal(data(await tablet.client.getSession()).user.id, user.id);
    const other = open();
    data(await other.signIn(third));
    refused(await other.client.twoFactor.verifyBackupCode({ code: backupCodes[0] }), 401, "INVALID_BACKUP_CODE");
    refused(await other.client.twoFactor.sendOtp(), 400, "OTP_NOT_CONFIGURED");
    refused(await other.client.twoFactor.verifyOtp({ code: "000000" }), 400, "OTP_HAS_EXPIRED");
  },
  ...(options.tasks && {
    "takes the second factor away nowhere without a code of it": async () => {
      refused(await laptop.client.twoFactor.disable({ password: third }), 403, "SESSION_NOT_FRESH");
      const body = { password: third, code: backupCodes[1] };
      const { session } = data(await laptop.client.$fetch("/step-up", { method: "POST", body }));
      assert.equal(session.current, true);
    },
  }),
  "takes the second factor away": async () => {
    refused(await phone.client.twoFactor.disable({ password: first }), 400, "INVALID_PASSWORD");
    assert.deepEqual(data(await phone.client.twoFactor.disable({ password: third })), { status: true });
    assert.equal(data(await phone.client.getSession()).user.twoFactorEnabled, false);
    assert.ok(data(await open().signIn(third)).token);
  },
  "signs out": async () => {
    assert.deepEqual(data(await phone.client.signOut()), { success: true });
    assert.equal(phone.jar.size, 0);
    assert.equal(data(await phone.client.getSession()), null);
    refused(await phone.client.token(), 401, "UNAUTHORIZED");
  },
  ...(options.tasks && {
    "closes the tasks to the JWT of the session that has ended": async () => {
      const answer = await fetch(`${origin}/api/v1/tasks`, { headers: { authorization: `Bearer ${jwt}` } });
      assert.equal(answer.status, 401);
    },
  }),
  "deletes the account": async () => {
    data(await phone.signIn(third));
    refused(await phone.client.deleteUser({ password: first }), 400, "INVALID_PASSWORD");
    assert.equal(data(await phone.client.deleteUser({ password: third })).success, true);
    refused(await phone.signIn(third), 401, "INVALID_EMAIL_OR_PASSWORD");
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
