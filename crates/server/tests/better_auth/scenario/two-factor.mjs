import { Authenticator } from "../lib/authenticator.mjs";

// Codes and their limits, sign-ins that wait for them, and trusted devices.
export async function twoFactor(s) {
  const ann = await s.signUp("ann");
  const password = { password: "password-1" };
  const post = (step, route, body, options) => s.post(step, `/two-factor/${route}`, body, options);
  const signIn = (step, name, more, options) =>
    s.post(step, "/sign-in/email", { email: s.address(name), ...password, ...more }, options);
  /** The cookies that an answer sets. */
  const kept = ({ cookies }) => ({ cookie: cookies.map((line) => line.split(";")[0]).filter((pair) => !pair.endsWith("=")).join("; ") });

  for (const route of ["enable", "disable", "get-totp-uri", "generate-backup-codes"]) {
    await post(`${route}: nobody`, route, password);
    await post(`${route}: no password`, route, {}, { as: ann });
    await post(`${route}: an empty password`, route, { password: "" }, { as: ann });
    await post(`${route}: a number for a password`, route, { password: 1 }, { as: ann });
  }
  for (const route of ["verify-totp", "verify-backup-code", "verify-otp"]) {
    await post(`${route}: nobody`, route, { code: "000000" });
    await post(`${route}: no code`, route, {}, { as: ann });
    await post(`${route}: a number for a code`, route, { code: 123456 }, { as: ann });
    await post(`${route}: a wrong trustDevice`, route, { code: "000000", trustDevice: "yes" }, { as: ann });
    await post(`${route}: before there is one`, route, { code: "000000" }, { as: ann });
  }
  await post("send-otp: nobody", "send-otp", {});
  await post("send-otp", "send-otp", {}, { as: ann });
  await post("get-totp-uri: before there is one", "get-totp-uri", password, { as: ann });
  await post("generate-backup-codes: before there is one", "generate-backup-codes", password, { as: ann });

  await post("enable: a wrong password", "enable", { password: "password-2" }, { as: ann });
  await post("enable: by otp", "enable", { ...password, method: "otp" }, { as: ann });
  await post("enable: by an unknown method", "enable", { ...password, method: "sms" }, { as: ann });
  await post("enable: a wrong issuer", "enable", { ...password, issuer: 1 }, { as: ann });
  await post("enable: an issuer", "enable", { ...password, issuer: "My App: Ü" }, { as: ann });
  const prepared = await post("enable", "enable", password, { as: ann });
  const app = new Authenticator(prepared.json.totpURI);
  await s.get("prepared", "/get-session", { as: ann });
  await signIn("sign-in while it is prepared", "ann");
  await post("get-totp-uri: a wrong password", "get-totp-uri", { password: "password-2" }, { as: ann });
  await post("get-totp-uri", "get-totp-uri", password, { as: ann });
  for (const [name, code] of [["wrong", app.wrong()], ["empty", ""], ["of five digits", "12345"], ["of seven", "1234567"], ["of letters", "abcdef"]]) {
    await post(`first code: ${name}`, "verify-totp", { code }, { as: ann });
  }

  const confirmed = await post("first code", "verify-totp", { code: await app.next() }, { as: ann });
  const session = kept(confirmed);
  await s.get("the old session", "/get-session", { as: ann });
  await s.get("the new session", "/get-session", { as: session });
  await post("enable again", "enable", password, { as: session });
  await post("generate-backup-codes: a wrong password", "generate-backup-codes", { password: "password-2" }, { as: session });
  const { backupCodes } = (await post("generate-backup-codes", "generate-backup-codes", password, { as: session })).json;
  await post("an old backup code", "verify-backup-code", { code: prepared.json.backupCodes[0] }, { as: session });
  await post("a backup code in a session", "verify-backup-code", { code: backupCodes[0] }, { as: session });
  await post("the same again", "verify-backup-code", { code: backupCodes[0] }, { as: session });

  let waiting = kept(await signIn("sign-in asks", "ann"));
  const meanwhile = kept(await signIn("sign-in elsewhere", "ann"));
  await s.get("no session in between", "/get-session", { as: waiting });
  await post("verify-totp: wrong", "verify-totp", { code: app.wrong() }, { as: waiting });
  await post("verify-backup-code: wrong", "verify-backup-code", { code: "aaaaa-bbbbb" }, { as: waiting });
  await post("verify-otp", "verify-otp", { code: "000000" }, { as: waiting });
  const trusted = kept(await post("a trusted device", "verify-totp", { code: await app.next(), trustDevice: true }, { as: waiting }));
  await post("a code that is spent", "verify-totp", { code: app.again() }, { as: meanwhile });
  await post("a sign-in that is finished", "verify-totp", { code: app.again() }, { as: waiting });
  const device = { cookie: trusted.cookie.split("; ").find((pair) => pair.includes("trust_device")) };
  const renewed = kept(await signIn("sign-in on it", "ann", {}, { as: device }));
  await signIn("sign-in on it by its old name", "ann", {}, { as: device });

  waiting = kept(await signIn("sign-in, not remembered", "ann", { rememberMe: false }));
  const brief = kept(await post("a backup code", "verify-backup-code", { code: backupCodes[1] }, { as: waiting }));
  await s.get("a session that is not remembered", "/get-session", { as: brief });
  waiting = kept(await signIn("sign-in for a proof", "ann"));
  await post("a proof without a session", "verify-backup-code", { code: backupCodes[2], disableSession: true }, { as: waiting });
  waiting = kept(await signIn("sign-in once more", "ann"));
  await post("a spent backup code", "verify-backup-code", { code: backupCodes[2] }, { as: waiting });

  waiting = kept(await signIn("sign-in to guess", "ann"));
  for (let number = 1; number <= 5; number++) {
    await post(`guess ${number}`, "verify-totp", { code: app.wrong() }, { as: waiting });
  }
  await post("guess 6", "verify-totp", { code: app.wrong() }, { as: waiting });
  await post("guess 7", "verify-totp", { code: app.wrong() }, { as: waiting });
  await s.sql("UPDATE two_factors SET failed_verification_count = 9, locked_until = NULL WHERE user_id = $1", [ann.user.id]);
  waiting = kept(await signIn("sign-in to be locked out", "ann"));
  await post("the tenth wrong code", "verify-totp", { code: app.wrong() }, { as: waiting });
  await post("a code while it is locked", "verify-backup-code", { code: backupCodes[3] }, { as: waiting });
  await s.sql("UPDATE two_factors SET locked_until = now() - interval '1 second' WHERE user_id = $1", [ann.user.id]);
  const elsewhere = kept(await post("a code after that", "verify-backup-code", { code: backupCodes[3], trustDevice: true }, { as: waiting }));
  await s.sql("UPDATE two_factors SET failed_verification_count = 9 WHERE user_id = $1", [ann.user.id]);
  await post("the tenth wrong code, in a session", "verify-backup-code", { code: "aaaaa-bbbbb" }, { as: session });
  await post("the eleventh", "verify-backup-code", { code: "aaaaa-bbbbb" }, { as: session });
  await s.sql("UPDATE two_factors SET failed_verification_count = 0, locked_until = NULL WHERE user_id = $1", [ann.user.id]);

  const value = waiting.cookie.slice(waiting.cookie.indexOf("=") + 1);
  const name = waiting.cookie.slice(0, waiting.cookie.indexOf("="));
  for (const [what, cookie] of [
    ["garbage", `${name}=garbage`],
    ["altered", `${name}=${value.replace("2fa-", "2fa-x")}`],
    ["another cookie's", `${name}=${session.cookie.slice(session.cookie.indexOf("=") + 1)}`],
    ["a trusted device's", `${name}=${device.cookie.slice(device.cookie.indexOf("=") + 1)}`],
  ]) {
    await post(`challenge: ${what}`, "verify-totp", { code: "000000" }, { as: { cookie } });
  }
  waiting = kept(await signIn("sign-in for too long", "ann"));
  await s.sql("UPDATE verifications SET expires_at = now() - interval '1 second' WHERE value = $1 AND identifier LIKE '2fa-%'", [ann.user.id]);
  await post("too late", "verify-totp", { code: app.again() }, { as: waiting });

  const bob = await s.signUp("bob");
  const prepares = (await post("enable: bob", "enable", password, { as: bob })).json;
  const bobs = new Authenticator(prepares.totpURI);
  await post("first code: bob", "verify-totp", { code: await bobs.next() }, { as: bob });
  const bobsDevice = { cookie: renewed.cookie.split("; ").find((pair) => pair.includes("trust_device")) };
  waiting = kept(await signIn("sign-in on another's trusted device", "bob", {}, { as: bobsDevice }));
  const trusts = kept(
    await post("a trusted device: bob", "verify-backup-code", { code: prepares.backupCodes[0], trustDevice: true }, { as: waiting }),
  );
  const bobsOwn = { cookie: trusts.cookie.split("; ").find((pair) => pair.includes("trust_device")) };
  const unproven = kept(await signIn("sign-in on it: bob", "bob", {}, { as: bobsOwn }));
  await post("disable on a trusted device", "disable", password, { as: unproven });

  await post("disable: a wrong password", "disable", { password: "password-2" }, { as: session });
  const disabled = kept(await post("disable", "disable", password, { as: { cookie: `${session.cookie}; ${bobsDevice.cookie}` } }));
  await s.get("the session after that", "/get-session", { as: disabled });
  await signIn("sign-in without", "ann");
  const again = kept(await post("disable again", "disable", password, { as: disabled }));
  const another = new Authenticator((await post("enable: ann again", "enable", password, { as: again })).json.totpURI);
  await post("first code: ann again", "verify-totp", { code: await another.next() }, { as: again });
  const forgotten = { cookie: elsewhere.cookie.split("; ").find((pair) => pair.includes("trust_device")) };
  await signIn("sign-in on a device from before", "ann", {}, { as: forgotten });
}
