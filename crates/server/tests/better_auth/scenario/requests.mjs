// Paths, methods, media types and bodies.
const FORM = { "content-type": "application/x-www-form-urlencoded" };

export async function requests(s) {
  await s.get("ok", "/ok");
  await s.get("error page", "/error?error=state_mismatch");
  await s.get("error page, markup in the code", "/error?error=%3Cscript%3Ealert(1)%3C%2Fscript%3E");

  for (const path of ["/nope", "/ok/", "//ok", "/ok/more", "/sign-in", "/", "", "/OK", "/set-password"]) {
    await s.get(`unknown path '${path}'`, path);
  }
  await s.post("unknown path, POST", "/nope", {});
  await s.post("a server's own route", "/set-password", { newPassword: "password-2" });
  for (const [method, path] of [
    ["GET", "/sign-in/email"], ["PUT", "/sign-in/email"], ["DELETE", "/sign-out"], ["POST", "/ok"], ["GET", "/sign-out"],
    ["POST", "/list-sessions"], ["PATCH", "/update-user"], ["POST", "/jwks"], ["POST", "/token"], ["HEAD", "/ok"],
    ["OPTIONS", "/ok"],
  ]) {
    await s.send(`wrong method ${method} ${path}`, method, path);
  }
  await s.post("a path with a trailing slash, POST", "/sign-in/email/", {});

  const email = s.address("nobody");
  const body = { email, password: "password-1" };
  const as = (type) => ({ headers: { "content-type": type } });
  await s.post("text", "/sign-in/email", JSON.stringify(body), as("text/plain"));
  await s.post("text, where forms are not taken", "/request-password-reset", JSON.stringify({ email }), as("text/plain"));
  await s.post("form, where forms are not taken", "/request-password-reset", `email=${email}`, { headers: FORM });
  await s.post("multipart", "/sign-in/email", "--x--", as("multipart/form-data; boundary=x"));
  await s.post("JSON with a charset", "/sign-in/email", body, as("application/json; charset=utf-8"));
  await s.post("JSON in capitals", "/sign-in/email", body, as("Application/JSON"));
  await s.post("another kind of JSON", "/sign-in/email", body, as("application/vnd.api+json"));
  await s.post("no content type", "/sign-in/email", body, { headers: { "content-type": null } });
  await s.post("form of nobody", "/sign-in/email", `email=${encodeURIComponent(email)}&password=password-1`, { headers: FORM });
  await s.post("form without fields", "/sign-in/email", "", { headers: FORM });

  for (const [name, text] of [
    ["broken", "{"], ["cut", '{"email":"a'], ["nothing", ""], ["a word", "email"], ["two values", "{}{}"],
    ["a list", "[]"], ["a string", '"x"'], ["a number", "7"], ["null", "null"], ["true", "true"],
    ["no UTF-8 text", "\ufeff{}"],
  ]) {
    await s.post(`body: ${name}`, "/sign-in/email", text);
  }
  await s.send("no body at all", "POST", "/sign-in/email");
  await s.post("text before an unknown path", "/nope", "x", as("text/plain"));
  await s.post("body: a doubled member", "/sign-in/email", `{"email":"nope","email":"${email}","password":"x"}`);
  await s.post("body: unknown members", "/sign-in/email", { ...body, more: { than: ["asked"] }, id: 7 });
  await s.post("body: deep", "/sign-in/email", `${'{"a":'.repeat(60)}1${"}".repeat(60)}`);
  await s.post("body: prototype", "/sign-in/email", `{"__proto__":{"email":"${email}"},"password":"password-1"}`);
}
