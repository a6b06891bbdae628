export async function changeEmail(s) {
  const ann = await s.signUp("ann");
  await s.signUp("bob");
  const [email, next] = [s.address("ann"), s.address("ann.new")];
  const change = (step, body, options = { as: ann }) => s.post(step, "/change-email", body, options);

  await change("as nobody", { newEmail: next }, {});
  await change("nothing", {});
  await change("no address", { newEmail: "nope" });
  await change("the same", { newEmail: email });
  await change("the same in capitals", { newEmail: email.toUpperCase() });
  await change("a taken one", { newEmail: s.address("bob") });
  await change("a foreign page", { newEmail: next, callbackURL: "https://evil.example/x" });
  await change("change", { newEmail: next, callbackURL: "/done" });
  const link = await s.mail("mail", next);
  await s.get("not yet", "/get-session", { as: ann });
  await s.get("follow the link", link, { as: ann });
  await s.get("what became of it", "/get-session", { as: ann });
  await s.get("follow it again", link, { as: ann });

  // An address that is verified is asked first, where the server is told how; this one is not.
  const third = s.address("ann.third");
  await change("change a verified address", { newEmail: third });
  await s.get("follow the second link", await s.mail("second mail", third));
  await s.post("sign in by the new address", "/sign-in/email", { email: third, password: "password-1" });
  await s.post("sign in by the old address", "/sign-in/email", { email, password: "password-1" });

  const late = s.address("late");
  await change("change to one that is taken meanwhile", { newEmail: late });
  const taken = await s.mail("third mail", late);
  await s.signUp("late");
  await s.get("follow the third link", taken, { as: ann });
}
