export async function user(s) {
  const ann = await s.signUp("ann");
  const update = (step, change, options = { as: ann }) => s.post(step, "/update-user", change, options);

  await update("as nobody", { name: "x" }, {});
  for (const [step, change] of Object.entries({
    nothing: {},
    "an email": { email: s.address("other") },
    "a name and an email": { name: "x", email: s.address("other") },
    "a role": { role: "admin" },
    "a ban": { banned: false },
    "two factors": { twoFactorEnabled: true },
    "a verified address": { emailVerified: true },
    "an id": { id: "x" },
    "unknown members": { foo: 1 },
    "a number for a name": { name: 7 },
    "null for a name": { name: null },
    "a list": [],
    "a name": { name: "Ann B." },
    "an empty name": { name: "" },
    "a name of 101 characters": { name: "x".repeat(101) },
    "a name with a zero": { name: "Ann\0" },
    "an image that is a script": { image: "javascript:alert(1)" },
    "an image": { image: "https://example.com/a.png" },
    "no image": { image: null },
    "a name and unknown members": { name: "Ann C.", foo: 1 },
    "a name and a verified address": { name: "Ann D.", emailVerified: true, id: "x", createdAt: "2020-01-01T00:00:00.000Z" },
  })) {
    await update(step, change);
  }
  await s.send("no body", "POST", "/update-user", { as: ann });
  await s.get("by GET", "/update-user", { as: ann });
  await s.get("what became of it", "/get-session", { as: ann });
}
