export async function signUp(s) {
  const ann = { name: "Ann", email: s.address("ann"), password: "password-1" };
  const attempt = (step, change, options) => s.post(step, "/sign-up/email", { ...ann, ...change }, options);

  for (const [step, change] of Object.entries({
    "no name": { name: undefined },
    "no email": { email: undefined },
    "no password": { password: undefined },
    "a number for a name": { name: 7 },
    "null for a name": { name: null },
    "null for a password": { password: null },
    "a list for an email": { email: [ann.email] },
    "no address": { email: "nope" },
    "an address without a dot": { email: "ann@localhost" },
    "an address with a space": { email: `ann b.${ann.email}` },
    "an address with two dots": { email: `a..${ann.email}` },
    "an address with a dot first": { email: `.${ann.email}` },
    "an address with a dot before the at": { email: ann.email.replace("@", ".@") },
    "an address with quotes": { email: `"ann b"@example.com` },
    "an address with a short top-level domain": { email: "ann@example.c" },
    "an address at a number": { email: "ann@[127.0.0.1]" },
    "an address with two ats": { email: "ann@bob@example.com" },
    "an address in Unicode": { email: "änn@example.com" },
    "an address at a Unicode domain": { email: "ann@exämple.com" },
    "an address with a Kelvin sign": { email: `\u212a${ann.email}` },
    "an address in wide letters": { email: `\uff41\uff4e\uff4e@example.com` },
    "an address with a combining mark": { email: `a\u0308${ann.email}` },
    "an address with a Cyrillic letter": { email: ann.email.replace("ann", "\u0430nn") },
    "an address with a dotted capital I": { email: `\u0130${ann.email}` },
    "an address with a line feed": { email: `${ann.email}\n` },
    "an address with a zero": { email: `\0${ann.email}` },
    "an empty address": { email: "" },
    "an address with spaces around it": { email: ` ${ann.email} ` },
    "7 units": { password: "1234567" },
    "an empty password": { password: "" },
    "7 units of 4 characters": { password: "🔑🔑🔑1" },
    "129 units": { password: "x".repeat(129) },
    "a very long password": { password: "x".repeat(100_000) },
    "a role": { role: "admin" },
    "a ban reason": { banReason: "none" },
    "a wrong rememberMe": { rememberMe: "no" },
    "a number for an image": { image: 7 },
    "null for a callbackURL": { callbackURL: null },
    "a foreign callbackURL": { callbackURL: "https://evil.example/x" },
    "a callbackURL with two slashes": { callbackURL: "//evil.example" },
    "a callbackURL with a script": { callbackURL: "javascript:alert(1)" },
    "a callbackURL with a backslash": { callbackURL: "/\\evil.example" },
    "a number for a callbackURL": { callbackURL: 7 },
    "everything wrong": { name: 1, email: 2, password: 3 },
  })) {
    await attempt(step, change);
  }

  const made = await attempt("a new person", {});
  await s.get("the session", "/get-session", { as: s.session(made) });
  await attempt("the same again", {});
  await attempt("the same, another password", { password: "password-2" });
  await attempt("the same in capitals", { email: ann.email.toUpperCase() });

  const other = (step, name, change, options) => attempt(step, { email: s.address(name), ...change }, options);
  await other("capitals in an address", "CAPITALS", {});
  await other("8 units", "eight", { password: "12345678" });
  await other("128 units", "longest", { password: "x".repeat(128) });
  await other("8 units of 4 characters", "keys", { password: "🔑🔑🔑🔑" });
  await other("an empty name", "unnamed", { name: "" });
  await other("a name with spaces", "spaces", { name: "  Ann  " });
  await other("markup in a name", "markup", { name: "<b>Ann</b> & 'Bob' \"Ünïcödé\" \u2028" });
  await other("an apostrophe, a plus and a minus in an address", "o'ann+x-y_z", {});
  await other("an address at a domain with a minus", "x", { email: s.address("minus").replace("example", "a-b.ex-ample") });
  await other("a name of 100 characters", "long", { name: "ü".repeat(100) });
  await other("a name of 101 characters", "longer", { name: "ü".repeat(101) });
  await other("an address of 200 characters", "x", { email: s.address("y".repeat(200 - s.address("").length)) });
  await other("an address of 201 characters", "x", { email: s.address("z".repeat(201 - s.address("").length)) });
  await other("an image of 501 characters", "picture", { image: `https://example.com/${"x".repeat(481)}` });
  await other("a name with a zero", "zero", { name: "Ann\0" });
  await other("a name with a line feed", "lines", { name: "Ann\nB." });
  await other("a name with half a character", "half", { name: "Ann \ud800" });
  await other("a password with a zero", "nul", { password: "pass\0word" });
  await other("an image", "image", { image: "https://example.com/a.png" });
  await other("null for an image", "noimage", { image: null });
  await other("not remembered", "forgotten", { rememberMe: false });
  await other("a callbackURL", "callback", { callbackURL: "/welcome" });
  await other("what only the server sets", "greedy", { emailVerified: true, banned: true, id: "mine", createdAt: "2020-01-01T00:00:00.000Z", twoFactorEnabled: true });
  await other("an empty role", "norole", { role: "" });
  await other("a plus in an address", "ann+plus", {});
  await other("browser and address", "browser", {}, { headers: { "user-agent": "test/1.0", "x-forwarded-for": "203.0.113.7" } });
  const form = new URLSearchParams({ name: "Form", email: s.address("form"), password: "password-1" }).toString();
  await s.post("a form", "/sign-up/email", form, { headers: { "content-type": "application/x-www-form-urlencoded" } });
  await other("while signed in", "second", {}, { as: s.session(made) });
}
