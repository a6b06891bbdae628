export async function bearer(s) {
  const opened = await s.post("sign-up", "/sign-up/email", { name: "Ann", email: s.address("ann"), password: "password-1" });
  const ann = s.session(opened);
  const signed = opened.headers["set-auth-token"];
  const look = (step, authorization, headers) => s.get(step, "/get-session", { headers: { authorization, ...headers } });

  await look("raw", `Bearer ${ann.token}`);
  await look("signed", `Bearer ${signed}`);
  await look("signed, encoded", `Bearer ${encodeURIComponent(signed)}`);
  await look("lower case", `bearer ${ann.token}`);
  await look("upper case", `BEARER ${ann.token}`);
  await look("two spaces", `Bearer  ${ann.token}`);
  await look("no space", `Bearer${ann.token}`);
  await look("no token", "Bearer ");
  await look("another scheme", `Token ${ann.token}`);
  await look("no scheme", ann.token);
  await look("basic", "Basic YTpi");
  await look("garbage", "Bearer garbage");
  await look("a wrong signature", `Bearer ${ann.token}.${"A".repeat(43)}=`);
  await look("a short signature", `Bearer ${ann.token}.abc`);
  await look("a broken escape", "Bearer %zz");
  await look("two parts", "Bearer a b");
  const { json } = await s.get("a JWT", "/token", { as: ann });
  await look("a JWT as bearer", `Bearer ${json?.token}`);

  const bob = await s.signUp("bob");
  await look("bearer and somebody else's cookie", `Bearer ${ann.token}`, { cookie: bob.cookie });
  await look("garbage and a cookie", "Bearer garbage", { cookie: bob.cookie });
  await look("a wrong signature and a cookie", `Bearer ${ann.token}.${"A".repeat(43)}=`, { cookie: bob.cookie });

  const headers = { authorization: `Bearer ${ann.token}` };
  await s.post("a change, no origin", "/update-user", { name: "Ann B." }, { headers });
  await s.post("a change, foreign origin", "/update-user", { name: "Ann B." }, { headers: { ...headers, origin: "https://evil.example" } });
  await s.post("a change with a cookie, no origin", "/update-user", { name: "Ann B." }, { headers: { ...headers, cookie: "a=b" } });
  await s.get("sessions", "/list-sessions", { headers });
  await s.get("token", "/token", { headers });
  await s.post("a change, garbage", "/update-user", { name: "x" }, { headers: { authorization: "Bearer garbage" } });
  await s.post("sign-out", "/sign-out", {}, { headers });
  await look("after sign-out", `Bearer ${ann.token}`);
  await s.post("sign-out again", "/sign-out", {}, { headers });
}
