export async function reset(s) {
  const ann = await s.signUp("ann");
  const email = s.address("ann");
  const request = (step, body) => s.post(step, "/request-password-reset", body);

  await request("no email", {});
  await request("no address", { email: "nope" });
  await request("an unknown person", { email: s.address("nobody"), redirectTo: "/reset" });
  for (const [step, redirectTo] of Object.entries({
    "a foreign page": "https://evil.example/x", "two slashes": "//evil.example", "a script": "javascript:alert(1)",
    "a backslash": "/\\evil.example", "a number": 7, "a foreign user name": `${s.origin}@evil.example`,
  })) {
    await request(step, { email, redirectTo });
  }
  await request("request", { email, redirectTo: "/reset?step=2" });
  const link = await s.mail("mail", email);
  await s.get("follow the link", link);
  await s.get("follow it again", link);
  const token = link.match(/reset-password\/([^?]+)/)[1];
  await s.get("the link without a page", `/reset-password/${token}`);
  await s.get("the link to a foreign page", `/reset-password/${token}?callbackURL=https%3A%2F%2Fevil.example`);
  await s.get("a bad link", "/reset-password/bad?callbackURL=%2Freset");
  await s.get("a bad link without a page", "/reset-password/bad");
  await s.get("a bad link to a foreign page", "/reset-password/bad?callbackURL=%2F%2Fevil.example");

  const set = (step, body, path = "/reset-password") => s.post(step, path, body);
  await set("no token", { newPassword: "password-2" });
  await set("no password", { token });
  await set("a number for a token", { newPassword: "password-2", token: 7 });
  await set("a bad token", { newPassword: "password-2", token: "bad" });
  await set("a token with a letter changed", { newPassword: "password-2", token: token.replace(/.$/, (last) => (last === "a" ? "b" : "a")) });
  await set("7 units", { newPassword: "1234567", token });
  await set("129 units", { newPassword: "x".repeat(129), token });
  await set("set", { newPassword: "password-2", token });
  await set("set again", { newPassword: "password-3", token });
  await s.get("follow the used link", link);
  await s.get("the session is kept", "/get-session", { as: ann });
  await s.post("the old password", "/sign-in/email", { email, password: "password-1" });
  await s.post("the new password", "/sign-in/email", { email, password: "password-2" });

  await request("request without a page", { email });
  const second = (await s.mail("mail without a page", email)).match(/reset-password\/([^?]+)/)[1];
  await set("the token in the query", { newPassword: "password-3" }, `/reset-password?token=${second}`);

  await request("two requests, the first", { email });
  const older = (await s.mail("two mails, the first", email)).match(/reset-password\/([^?]+)/)[1];
  await request("two requests, the second", { email });
  const newer = (await s.mail("two mails, the second", email)).match(/reset-password\/([^?]+)/)[1];
  await set("the older token", { newPassword: "password-4", token: older });
  await set("the newer token", { newPassword: "password-5", token: newer });

  await request("for one that expires", { email });
  const late = await s.mail("mail that expires", email);
  await s.sql("UPDATE verifications SET expires_at = now() - interval '1 second' WHERE value = $1", [ann.user.id]);
  await s.get("follow the expired link", late);
  await set("an expired token", { newPassword: "password-6", token: late.match(/reset-password\/([^?]+)/)[1] });
  await request("as it is written", { email: email.toUpperCase() });
  await s.mail("mail to it as it is written", email);
}
