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
  const eve = await s.signUp("eve");
  await change("change by somebody else", { newEmail: s.address("eve.new") }, { as: eve });
  const foreign = await s.mail("mail for somebody else", s.address("eve.new"));
  await s.get("a link for somebody else", foreign, { as: ann });
  await s.get("a link without a page", foreign.replace(/&callbackURL=.*/, ""));

  // An address that is verified is asked first.
  await s.post("verify the new address", "/send-verification-email", { email: next }, { as: ann });
  await s.get("the link that verifies", await s.mail("mail that verifies", next));
  const third = s.address("ann.third");
  await change("change a verified address", { newEmail: third, callbackURL: "/next" });
  await s.get("the link to the present address", await s.mail("mail to the present address", next));
  await s.get("not yet either", "/get-session", { as: ann });
  const confirmed = await s.mail("mail to the next address", third);
  await s.get("a foreign page in the link", confirmed.replace(/callbackURL=[^&]*/, "callbackURL=https%3A%2F%2Fevil.example"));
  await s.get("the link to the next address", confirmed);
  await s.post("sign in by the new address", "/sign-in/email", { email: third, password: "password-1" });
  await s.post("sign in by the old address", "/sign-in/email", { email, password: "password-1" });

  const bob = await s.signUp("slow");
  const late = s.address("late");
  await change("change to one that is taken meanwhile", { newEmail: late }, { as: bob });
  const taken = await s.mail("mail to one that is taken meanwhile", late);
  await s.signUp("late");
  await s.get("the link to one that is taken", taken, { as: bob });
  await s.get("the person who came too late", "/get-session", { as: bob });
}
