export async function jwt(s) {
  await s.get("as nobody", "/token");
  const ann = await s.signUp("ann");
  const { json } = await s.get("token", "/token", { as: ann });
  const { json: set } = await s.get("key set", "/jwks");
  const kid = JSON.parse(Buffer.from(json.token.split(".")[0], "base64url")).kid;
  if (!set.keys.some((key) => key.kid === kid)) throw new Error("the key is not in the key set");
  await s.get("session", "/get-session", { as: ann });
  await s.post("a new name", "/update-user", { name: "Ann B.", image: "https://example.com/a.png" }, { as: ann });
  await s.get("token with a new name", "/token", { as: ann });
  await s.get("token by bearer", "/token", { headers: { authorization: `Bearer ${ann.token}` } });
  await s.get("the other place of key sets", "/.well-known/jwks.json");
}
