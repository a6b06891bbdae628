export async function verification(s) {
  const ann = await s.signUp("ann");
  const bob = await s.signUp("bob");
  const email = s.address("ann");
  const request = (step, body, options) => s.post(step, "/send-verification-email", body, options);

  await request("request without an email", {});
  await request("request to no address", { email: "nope" });
  await request("an unknown person", { email: s.address("nobody") });
  await request("request with a foreign page", { email, callbackURL: "https://evil.example/x" });
  await request("somebody else's address", { email: s.address("bob") }, { as: ann });
  await request("request", { email, callbackURL: "/done" }, { as: ann });
  const link = await s.mail("mail", email);
  const token = new URLSearchParams(link.split("?")[1]).get("token");
  const [head, claims, signature] = token.split(".");

  const verify = (step, query, options) => s.get(step, `/verify-email${query}`, options);
  await verify("no token", "");
  await verify("an empty token", "?token=");
  await verify("a bad token", "?token=bad");
  await verify("a bad token and a page", "?token=bad&callbackURL=%2Fdone");
  await verify("a bad token and a page with a query", "?token=bad&callbackURL=%2Fdone%3Fx%3D1");
  await verify("a bad token and a foreign page", "?token=bad&callbackURL=https%3A%2F%2Fevil.example");
  await verify("a token without a signature", `?token=${head}.${claims}.`);
  await verify("a token that names no algorithm", `?token=${Buffer.from('{"alg":"none"}').toString("base64url")}.${claims}.`);
  await verify("another token's signature", `?token=${head}.${Buffer.from(`{"email":"${s.address("bob")}"}`).toString("base64url")}.${signature}`);
  await verify("a foreign page", `?token=${token}&callbackURL=https%3A%2F%2Fevil.example`);
  await s.get("as somebody else", `/verify-email?token=${token}`, { as: bob });
  await s.get("follow the link", link);
  await verify("again", `?token=${token}`);
  await verify("again, with a page", `?token=${token}&callbackURL=%2Fdone`);
  await s.get("what became of it", "/get-session", { as: ann });
  await request("already verified", { email }, { as: ann });
  await request("already verified, as nobody", { email });

  await request("as nobody", { email: s.address("bob"), callbackURL: "/done" });
  const second = await s.mail("mail for nobody", s.address("bob"));
  await s.sql("DELETE FROM users WHERE id = $1", [bob.user.id]);
  await s.get("of a person who is gone", second);
}
