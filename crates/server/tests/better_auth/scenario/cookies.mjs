// Session cookies that are right, and those that are not.
import { createHmac } from "node:crypto";

export async function cookies(s) {
  const ann = await s.signUp("ann");
  const bob = await s.signUp("bob");
  const look = (step, cookie) => s.get(step, "/get-session", { headers: { cookie } });
  const [name, value] = [ann.cookie.slice(0, ann.cookie.indexOf("=")), ann.cookie.slice(ann.cookie.indexOf("=") + 1)];
  const signed = decodeURIComponent(value);
  const [token, signature] = [signed.slice(0, signed.lastIndexOf(".")), signed.slice(signed.lastIndexOf(".") + 1)];
  const bobs = decodeURIComponent(bob.cookie.slice(bob.cookie.indexOf("=") + 1));
  const bobsSignature = bobs.slice(bobs.lastIndexOf(".") + 1);
  const write = (text) => `${name}=${encodeURIComponent(text)}`;

  await s.get("none", "/get-session");
  await look("the right one", ann.cookie);
  await look("not encoded", `${name}=${signed}`);
  await look("in quotes", `${name}="${value}"`);
  await look("beside others", `a=b; ${ann.cookie}; c="d e"`);
  await look("without spaces between", `a=b;${ann.cookie};c=d`);
  await look("beside a broken one", `%E0%A4%A=%; ${ann.cookie}`);
  await look("no signature", write(token));
  await look("a dot and no signature", write(`${token}.`));
  await look("a truncated signature", write(signed.slice(0, -5)));
  await look("a signature without padding", write(signed.slice(0, -1)));
  await look("a signature of zeros", write(`${token}.${"A".repeat(43)}=`));
  await look("a signature that is no base64", write(`${token}.${"!".repeat(43)}=`));
  await look("a signature of another secret", write(`${token}.${createHmac("sha256", "another").update(token).digest("base64")}`));
  await look("a signature in lower case", write(`${token}.${signature.toLowerCase()}`));
  await look("another token's signature", write(`${token}.${bobsSignature}`));
  await look("a letter more", write(`x${signed}`));
  await look("a token with a dot", write(`${token}.x.${signature}`));
  await look("empty", `${name}=`);
  await look("a broken escape", `${name}=%zz`);
  await look("garbage", `${name}=garbage`);
  await look("a very long one", `${name}=${"x".repeat(7000)}`);
  await look("doubled, the first is right", `${ann.cookie}; ${name}=garbage`);
  await look("doubled, the second is right", `${name}=garbage; ${ann.cookie}`);
  await look("two sessions", `${ann.cookie}; ${bob.cookie}`);
  await look("the secure name on plain http", `__Secure-${ann.cookie}`);
  await look("another prefix", ann.cookie.replace("better-auth", "other"));
  await look("the name in capitals", ann.cookie.replace(name, name.toUpperCase()));
  await s.get("a guarded route, garbage", "/list-sessions", { headers: { cookie: `${name}=garbage` } });
  await s.post("a guarded POST, garbage", "/update-user", { name: "x" }, { headers: { cookie: `${name}=garbage`, origin: s.origin } });

  await s.get("disableRefresh", "/get-session?disableRefresh=true", { as: ann });
  await s.get("disableCookieCache", "/get-session?disableCookieCache=true", { as: ann });
  await s.get("unknown queries", "/get-session?x=1&x=2&disableCookieCache=", { as: ann });
  await s.post("by POST", "/get-session", {}, { as: ann });
  await s.post("by POST, without a session", "/get-session", {});

  const forgotten = s.session(await s.post("not remembered", "/sign-in/email", { email: s.address("ann"), password: "password-1", rememberMe: false }));
  await s.get("a session that is not remembered", "/get-session", { as: forgotten });
  await s.get("its token as bearer", "/get-session", { headers: { authorization: `Bearer ${forgotten.token}` } });
  await s.get("its cookie alone", "/get-session", { headers: { cookie: forgotten.cookie.split("; ")[0] } });
  await s.post("update of one that is not remembered", "/update-user", { name: "Ann" }, { as: forgotten });
  await s.post("sign-out of one that is not remembered", "/sign-out", {}, { as: forgotten });
  await s.get("after sign-out", "/get-session", { as: forgotten });
  await s.post("sign-out again", "/sign-out", {}, { as: forgotten });
  await s.post("sign-out of nobody", "/sign-out", {});
  await s.send("sign-out without a body", "POST", "/sign-out", { as: bob });
  await s.get("a guarded route after sign-out", "/list-sessions", { as: bob });
  await s.get("a JWT after sign-out", "/token", { as: bob });
}
