export async function password(s) {
  const ann = await s.signUp("ann");
  const change = (step, fields, options = { as: ann }) =>
    s.post(step, "/change-password", { currentPassword: "password-1", newPassword: "password-2", ...fields }, options);

  await change("as nobody", {}, {});
  for (const [step, fields] of Object.entries({
    "a wrong one": { currentPassword: "password-9" },
    "no current one": { currentPassword: undefined },
    "no new one": { newPassword: undefined },
    "a number": { newPassword: 12345678 },
    "7 units": { newPassword: "1234567" },
    "129 units": { newPassword: "x".repeat(129) },
    "a wrong one and 7 units": { currentPassword: "password-9", newPassword: "1234567" },
    "129 units for the current one": { currentPassword: "x".repeat(129) },
    "a wrong switch": { revokeOtherSessions: "yes" },
  })) {
    await change(step, fields);
  }
  const phone = await s.signIn("ann");
  await change("change", {});
  await s.get("the other session is kept", "/get-session", { as: phone });
  const changed = await change("change and revoke", { currentPassword: "password-2", newPassword: "password-3", revokeOtherSessions: true });
  await s.get("the old session", "/get-session", { as: ann });
  await s.get("the other session", "/get-session", { as: phone });
  const current = s.session(changed);
  await s.get("the new session", "/get-session", { as: current });
  await s.post("the old password", "/sign-in/email", { email: s.address("ann"), password: "password-2" });

  const verify = (step, fields, options = { as: current }) => s.post(step, "/verify-password", fields, options);
  await verify("verify", { password: "password-3" });
  await verify("verify a wrong one", { password: "password-1" });
  await verify("verify none", {});
  await verify("verify as nobody", { password: "password-3" }, {});

  const unicode = await s.signUp("unicode");
  const composed = { currentPassword: "password-1", newPassword: "Ünïcödé ﬁ Å 密码 🔑" };
  await s.post("a password in Unicode", "/change-password", composed, { as: unicode });
  const decomposed = "Ünïcödé fi Å 密码 🔑".normalize("NFD");
  await s.post("the same in another form", "/sign-in/email", { email: s.address("unicode"), password: decomposed });
}
