// A real Better Auth server: what Hexado is compared with.
//
//   DATABASE_URL=postgres://… PORT=3000 SMTP_URL=smtp://127.0.0.1:2525 BETTER_AUTH_SECRET=… node reference.mjs
//
// It brings its tables up to date, writes what it made as one line of JSON, and serves until it is told to end.
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { admin, bearer, jwt, twoFactor } from "better-auth/plugins";
import { createTransport } from "nodemailer";
import pg from "pg";

const { DATABASE_URL, BETTER_AUTH_SECRET, SMTP_URL = "smtp://127.0.0.1:25", PORT = "3000" } = process.env;
const { PUBLIC_URL = `http://localhost:${PORT}` } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const post = createTransport(SMTP_URL);

/** `{ createdAt: "created_at", … }`: columns are in snake case, the wire is not. */
const columns = (...fields) =>
  Object.fromEntries(fields.map((field) => [field, field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]));

const send = (subject) => ({ user, url }) => mail(user.email, subject, url);
const mail = (to, subject, url) => post.sendMail({ from: "reference@example.com", to, subject, text: `${url}\n` });

const options = {
  appName: "Hexado",
  baseURL: PUBLIC_URL,
  secret: BETTER_AUTH_SECRET,
  database: pool,
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  emailAndPassword: { enabled: true, sendResetPassword: send("Reset your password") },
  emailVerification: { sendVerificationEmail: send("Verify your address") },
  user: {
    modelName: "users",
    fields: columns("emailVerified", "createdAt", "updatedAt"),
    changeEmail: { enabled: true, sendChangeEmailConfirmation: send("Confirm your new address") },
    deleteUser: { enabled: true },
  },
  session: {
    modelName: "sessions",
    fields: columns("expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"),
  },
  account: {
    modelName: "accounts",
    fields: columns(
      "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
      "accessTokenExpiresAt", "refreshTokenExpiresAt", "createdAt", "updatedAt",
    ),
  },
  verification: { modelName: "verifications", fields: columns("expiresAt", "createdAt", "updatedAt") },
  plugins: [
    jwt({ schema: { jwks: { fields: columns("publicKey", "privateKey", "createdAt", "expiresAt") } } }),
    bearer(),
    admin({ schema: { user: { fields: columns("banReason", "banExpires") }, session: { fields: columns("impersonatedBy") } } }),
    twoFactor({
      schema: {
        user: { fields: columns("twoFactorEnabled") },
        twoFactor: {
          modelName: "two_factors",
          fields: columns("backupCodes", "userId", "failedVerificationCount", "lockedUntil"),
        },
      },
    }),
  ],
};

const { toBeCreated, toBeAdded, runMigrations } = await getMigrations(options);
await runMigrations();

const server = createServer(toNodeHandler(betterAuth(options)));
server.listen(Number(PORT), "localhost", () => {
  const names = (tables) => tables.map(({ table, fields }) => ({ table, columns: Object.keys(fields) }));
  console.log(JSON.stringify({ created: names(toBeCreated), altered: names(toBeAdded) }));
});

process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  pool.end();
});
