// Which pages may do what.
export async function origins(s) {
  const ann = await s.signUp("ann");
  const cookie = ann.cookie;
  const change = (step, headers) => s.post(step, "/update-user", { name: "Ann" }, { headers });

  await change("cookie, no origin", { cookie });
  await change("cookie, own origin", { cookie, origin: s.origin });
  await change("cookie, foreign origin", { cookie, origin: "https://evil.example" });
  await change("cookie, null origin", { cookie, origin: "null" });
  await change("cookie, null origin, same site", { cookie, origin: "null", "sec-fetch-site": "same-origin" });
  await change("cookie, empty origin", { cookie, origin: "" });
  await change("cookie, an origin that begins like ours", { cookie, origin: `${s.origin}.evil.example` });
  await change("cookie, our origin in capitals", { cookie, origin: s.origin.toUpperCase() });
  await change("cookie, our origin with a path", { cookie, origin: `${s.origin}/page` });
  await change("cookie, our host, another scheme", { cookie, origin: s.origin.replace("http:", "https:") });
  await change("cookie, our referer", { cookie, referer: `${s.origin}/page` });
  await change("cookie, foreign referer", { cookie, referer: "https://evil.example/page" });
  await change("cookie, own origin, foreign referer", { cookie, origin: s.origin, referer: "https://evil.example/page" });
  await change("any cookie, foreign origin", { cookie: "a=b", origin: "https://evil.example" });
  await change("any cookie, no origin", { cookie: "a=b" });
  await change("no cookie, foreign origin", { origin: "https://evil.example" });
  await s.get("a GET, cookie, foreign origin", "/get-session", { headers: { cookie, origin: "https://evil.example" } });
  await s.post("broken JSON, cookie, foreign origin", "/update-user", "{", { headers: { cookie, origin: "https://evil.example" } });
  await s.post("an invalid body, cookie, foreign origin", "/update-user", [], { headers: { cookie, origin: "https://evil.example" } });
  await s.post("an unknown path, cookie, foreign origin", "/nope", {}, { headers: { cookie, origin: "https://evil.example" } });

  const body = { email: s.address("ann"), password: "password-1" };
  const signIn = (step, headers, more) => s.post(step, "/sign-in/email", { ...body, ...more }, { headers });
  await signIn("sign-in, foreign origin", { origin: "https://evil.example" });
  await signIn("sign-in, null origin", { origin: "null" });
  await signIn("sign-in, own origin", { origin: s.origin });
  await signIn("sign-in, foreign referer", { referer: "https://evil.example/x" });
  await signIn("sign-in, own referer", { referer: `${s.origin}/x` });
  await signIn("sign-in, Node's fetch", { "sec-fetch-mode": "cors" });
  await signIn("sign-in, a browser", { "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", origin: s.origin });
  await signIn("sign-in, a navigation from elsewhere", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", origin: s.origin });
  await signIn("sign-in, a navigation from here", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", origin: s.origin });
  await signIn("sign-in, any cookie, no origin", { cookie: "a=b" });
  await s.post("sign-up, Node's fetch", "/sign-up/email", { name: "x", ...body }, { headers: { "sec-fetch-mode": "cors" } });
  await s.post("reset, Node's fetch", "/request-password-reset", { email: s.address("nobody") }, { headers: { "sec-fetch-mode": "cors" } });
  await s.post("reset, foreign origin", "/request-password-reset", { email: s.address("nobody") }, { headers: { origin: "https://evil.example" } });
  for (const callbackURL of [
    "/a", "/a?b=c#d", "a", "/%2Fevil.example", "/a/../b", "/a b", "///evil.example", "https:evil.example", "/\tx",
    "/.evil.example", "/a@b", "/ü", "http://localhost", "data:text/html,x", "/a?b=https://evil.example",
  ]) {
    await signIn(`callbackURL ${JSON.stringify(callbackURL)}`, {}, { callbackURL });
  }
  await s.get("callbackURL in a query", "/get-session?callbackURL=https%3A%2F%2Fevil.example");
}
