// Enrols somebody in a second factor at one server, and has them sign in at another one on the same database.
//
//   node second-factor.mjs --home http://localhost:3000 --away http://localhost:8000
//
// Ends with 0 if every step did what it must.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { createAuthClient } from "better-auth/client";
import { twoFactorClient } from "better-auth/client/plugins";
import { Authenticator } from "./lib/authenticator.mjs";
import { browser } from "./lib/jar.mjs";

const { values: options } = parseArgs({ options: { home: { type: "string" }, away: { type: "string" } } });
const account = { email: `ann.${randomBytes(6).toString("hex")}@example.com`, password: "correct horse 1" };

/** The official client, in a browser of its own or in another one. */
function open(base, jar) {
  const { origin } = new URL(base);
  const page = browser(origin, jar);
  const settings = { baseURL: origin, plugins: [twoFactorClient()], fetchOptions: { customFetchImpl: page.fetch } };
  return { client: createAuthClient(settings), jar: page.jar };
}

function data({ data, error }) {
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

const laptop = open(options.home);
data(await laptop.client.signUp.email({ name: "Ann", ...account }));
const { totpURI, backupCodes } = data(await laptop.client.twoFactor.enable({ password: account.password }));
const app = new Authenticator(totpURI);
data(await laptop.client.twoFactor.verifyTotp({ code: await app.next() }));

const phone = open(options.away);
assert.equal(data(await phone.client.signIn.email(account)).twoFactorRedirect, true);
data(await phone.client.twoFactor.verifyTotp({ code: await app.next(), trustDevice: true }));
const { user } = data(await phone.client.getSession());
assert.deepEqual([user.email, user.twoFactorEnabled], [account.email, true]);

// Cookies know no ports: to a browser both are one host.
const there = open(options.home, phone.jar);
assert.ok(data(await there.client.signIn.email(account)).token, "a device that one server trusts is trusted by the other");
const tablet = open(options.away);
data(await tablet.client.signIn.email(account));
const back = open(options.home, tablet.jar);
data(await back.client.twoFactor.verifyBackupCode({ code: backupCodes[0] }));
assert.equal(data(await back.client.getSession()).user.id, user.id);

// Only a session that a second factor was given in takes it away.
const last = open(options.away, laptop.jar);
data(await last.client.twoFactor.verifyBackupCode({ code: backupCodes[1] }));
data(await last.client.twoFactor.disable({ password: account.password }));
assert.ok(data(await open(options.home).client.signIn.email(account)).token);
