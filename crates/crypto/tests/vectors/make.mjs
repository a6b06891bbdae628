// Writes better-auth.json: what the npm packages better-auth and jose make of one secret.
// Run it with Node where both are installed: node make.mjs > better-auth.json
import { createOTP } from "@better-auth/utils/otp";
import { serializeSignedCookie } from "better-call";
import { hashPassword, signJWT, symmetricEncrypt } from "better-auth/crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";

const secret = "reference-secret-only-for-tests-0123456789abcdef";
const versioned = { currentVersion: 2, keys: new Map([[2, "the new secret of at least 32 characters"], [1, "the old secret of at least 32 characters"]]), legacySecret: secret };

async function key(alg, options) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { ...options, extractable: true });
  const [publicJwk, privateJwk] = [await exportJWK(publicKey), await exportJWK(privateKey)];
  const kid = `kid-of-${alg}`;
  const token = await new SignJWT({ sub: "ann" }).setProtectedHeader({ alg, kid }).sign(await importJWK(privateJwk, alg));
  return {
    kid,
    alg,
    publicKey: JSON.stringify(publicJwk),
    privateKey: JSON.stringify(await symmetricEncrypt({ key: secret, data: JSON.stringify(privateJwk) })),
    numberedPrivateKey: JSON.stringify(await symmetricEncrypt({ key: versioned, data: JSON.stringify(privateJwk) })),
    plainPrivateKey: JSON.stringify(privateJwk),
    thumbprint: await calculateJwkThumbprint(publicJwk),
    token,
  };
}

const cookies = {};
for (const value of ["abc", "true", "a.b.c", "Äpfel & (Birnen)!~*'", "100%", "x!trust-device-y"]) {
  cookies[value] = (await serializeSignedCookie("", value, secret)).slice(1);
}
const totp = createOTP("0123456789abcdefghijABCDEFGHIJ-_");
const backupCodes = JSON.stringify(["aaaaa-bbbbb", "ccccc-ddddd"]);

process.stdout.write(JSON.stringify({
  secret,
  keys: [await key("EdDSA", { crv: "Ed25519" }), await key("ES256"), await key("ES512"), await key("RS256"), await key("PS256")],
  cookies,
  passwords: { "password-1": await hashPassword("password-1") },
  encrypted: {
    current: await symmetricEncrypt({ key: versioned, data: backupCodes }),
    old: await symmetricEncrypt({ key: { ...versioned, currentVersion: 1 }, data: backupCodes }),
    bare: await symmetricEncrypt({ key: secret, data: backupCodes }),
    plain: backupCodes,
  },
  emailToken: await signJWT({ email: "ann@example.com", userId: "ann" }, secret, 3600),
  totpUri: totp.url("My App: Ümlaut*", "ann+x@example.com"),
}, null, 2) + "\n");
