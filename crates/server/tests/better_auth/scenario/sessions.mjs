export async function sessions(s) {
  const laptop = await s.signUp("ann");
  const phone = await s.signIn("ann");
  const bob = await s.signUp("bob");

  await s.get("list", "/list-sessions", { as: laptop });
  await s.get("list of nobody", "/list-sessions");
  await s.post("revoke nothing", "/revoke-session", {}, { as: laptop });
  await s.post("revoke a number", "/revoke-session", { token: 7 }, { as: laptop });
  await s.post("revoke as nobody", "/revoke-session", { token: phone.token });
  await s.post("revoke an unknown one", "/revoke-session", { token: "unknown" }, { as: laptop });
  await s.post("revoke somebody else's", "/revoke-session", { token: bob.token }, { as: laptop });
  await s.get("somebody else's is still there", "/get-session", { as: bob });
  await s.post("revoke", "/revoke-session", { token: phone.token }, { as: laptop });
  await s.get("the revoked one", "/get-session", { as: phone });
  await s.post("revoke again", "/revoke-session", { token: phone.token }, { as: laptop });
  await s.post("a guarded POST of the revoked one", "/update-user", { name: "x" }, { as: phone });

  const tablet = await s.signIn("ann");
  await s.send("revoke others as nobody", "POST", "/revoke-other-sessions");
  await s.send("revoke others without a body", "POST", "/revoke-other-sessions", { as: laptop });
  await s.post("revoke others", "/revoke-other-sessions", {}, { as: laptop });
  await s.get("the other one", "/get-session", { as: tablet });
  await s.get("list of the one that is left", "/list-sessions", { as: laptop });

  const own = await s.signIn("ann");
  await s.post("revoke one's own", "/revoke-session", { token: own.token }, { as: own });
  await s.get("one's own after that", "/get-session", { as: own });
  const another = await s.signIn("ann");
  await s.post("revoke all", "/revoke-sessions", {}, { as: laptop });
  await s.get("the caller's after that", "/get-session", { as: laptop });
  await s.get("another one after that", "/get-session", { as: another });
  await s.post("revoke all as nobody", "/revoke-sessions", {});

  await s.post("update nothing", "/update-session", {}, { as: bob });
  await s.post("update what is not declared", "/update-session", { foo: 1 }, { as: bob });
  await s.post("update what only the server sets", "/update-session", { userId: "x", token: "y", expiresAt: "2099-01-01T00:00:00.000Z" }, { as: bob });
  await s.post("update impersonatedBy", "/update-session", { impersonatedBy: "x" }, { as: bob });
  await s.post("update as nobody", "/update-session", {});
}
