import { randomBytes } from "node:crypto";

export async function deletion(s) {
  const ann = await s.signUp("ann");
  const remove = (step, body, options) => s.post(step, "/delete-user", body, options);

  await remove("as nobody", {});
  await remove("a wrong password", { password: "password-9" }, { as: ann });
  await remove("a number for a password", { password: 7 }, { as: ann });
  await remove("a bad token", { token: "bad" }, { as: ann });
  await remove("a foreign page", { password: "password-1", callbackURL: "https://evil.example" }, { as: ann });
  await s.get("callback without a token", "/delete-user/callback", { as: ann });
  await s.get("callback with a bad token", "/delete-user/callback?token=bad", { as: ann });
  await s.get("callback as nobody", "/delete-user/callback?token=bad");
  await s.get("callback with a foreign page", "/delete-user/callback?token=bad&callbackURL=https%3A%2F%2Fevil.example", { as: ann });
  await remove("the right password", { password: "password-1" }, { as: ann });
  await s.get("the session after that", "/get-session", { as: ann });
  await s.post("signing in after that", "/sign-in/email", { email: s.address("ann"), password: "password-1" });
  await s.post("signing up again", "/sign-up/email", { name: "Ann", email: s.address("ann"), password: "password-1" });

  await remove("a fresh session", {}, { as: await s.signUp("fresh") });
  await s.send("without a body", "POST", "/delete-user", { as: await s.signUp("brief") });

  // As where mails ask first: a row is what the link stands for, and whoever follows it spends it.
  const bob = await s.signUp("bob");
  const link = async () => {
    const token = randomBytes(16).toString("hex");
    await s.sql(
      "INSERT INTO verifications (id, identifier, value, expires_at) VALUES ($1, $2, $3, now() + interval '1 hour')",
      [token, `delete-account-${token}`, bob.user.id],
    );
    return `/delete-user/callback?token=${token}`;
  };
  await s.get("the link as nobody", await link());
  await s.get("the link as somebody else", await link(), { as: await s.signUp("eve") });
  const own = await link();
  await s.get("the link", `${own}&callbackURL=%2Fbye`, { as: bob });
  await s.get("the session after the link", "/get-session", { as: bob });
  await s.get("the link without a page", await link(), { as: bob });
}
