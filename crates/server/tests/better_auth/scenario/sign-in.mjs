export async function signIn(s) {
  await s.signUp("ann");
  const email = s.address("ann");
  const attempt = (step, change, options) =>
    s.post(step, "/sign-in/email", { email, password: "password-1", ...change }, options);

  for (const [step, change] of Object.entries({
    "a wrong password": { password: "password-2" },
    "an unknown person": { email: s.address("nobody") },
    "a short password": { password: "x" },
    "an empty password": { password: "" },
    "a password of 129 units": { password: "x".repeat(129) },
    "an unknown person, a password of 129 units": { email: s.address("nobody"), password: "x".repeat(129) },
    "no address": { email: "nope" },
    "an empty address": { email: "" },
    "an address with spaces around it": { email: ` ${email} ` },
    "an address with a Kelvin sign": { email: `\u212a${email}` },
    "no email": { email: undefined },
    "no password": { password: undefined },
    "a list for a password": { password: ["password-1"] },
    "an object for an email": { email: { $ne: "" } },
    "a wrong rememberMe": { rememberMe: "yes" },
    "null for rememberMe": { rememberMe: null },
    "a foreign callbackURL": { callbackURL: "https://evil.example/x" },
    "a callbackURL with two slashes": { callbackURL: "//evil.example" },
    "a callbackURL with a script": { callbackURL: "javascript:alert(1)" },
    "a callbackURL without a slash": { callbackURL: "welcome" },
    "an empty callbackURL": { callbackURL: "" },
  })) {
    await attempt(step, change);
  }

  await attempt("the right password", {});
  await attempt("capitals in the address", { email: email.toUpperCase() });
  await attempt("remembered", { rememberMe: true });
  await attempt("not remembered", { rememberMe: false });
  await attempt("a callbackURL", { callbackURL: "/dashboard" });
  await attempt("a callbackURL with a query", { callbackURL: "/dashboard?tab=1&x=%20" });
  await attempt("a callbackURL of our own origin", { callbackURL: `${s.origin}/dashboard` });
  const form = (fields) => new URLSearchParams({ email, password: "password-1", ...fields }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  await s.post("a form", "/sign-in/email", form({}), { headers });
  await s.post("a form, not remembered", "/sign-in/email", form({ rememberMe: "false" }), { headers });
  await attempt("while signed in", {}, { as: await s.signIn("ann") });

  await s.post("social", "/sign-in/social", { provider: "google" });
  await s.post("social, an unknown provider", "/sign-in/social", { provider: "nope" });
  await s.post("social, no provider", "/sign-in/social", {});
  await s.get("callback of an unknown provider", "/callback/google?code=x&state=y");
  await s.get("callback without a state", "/callback/google?code=x");
  await s.get("callback with nothing", "/callback/google");

  const bob = await s.signUp("bob");
  await s.sql("UPDATE users SET banned = true, ban_reason = 'spam' WHERE id = $1", [bob.user.id]);
  await s.post("a banned person", "/sign-in/email", { email: s.address("bob"), password: "password-1" });
  await s.post("a banned person, a wrong password", "/sign-in/email", { email: s.address("bob"), password: "password-2" });
  await s.sql("UPDATE users SET ban_expires = now() - interval '1 minute' WHERE id = $1", [bob.user.id]);
  await s.post("a ban that is over", "/sign-in/email", { email: s.address("bob"), password: "password-1" });
}
