// Measures what reading the session costs two servers, in turns, and whether signing in tells who has an account.
//
//   node bench.mjs --left http://localhost:3000 --left-pid 4711 --right http://localhost:8000 --right-pid 4712 \
//                  [--postgres-pid 4713] [--requests 2000] [--rounds 5] [--attempts 60]
//
// Linux only: CPU is user and system time of a process and its children from /proc. Limits must be off on both sides.
import { readFileSync, readdirSync } from "node:fs";
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { send } from "./lib/http.mjs";

const text = { type: "string" };
const number = (value) => ({ type: "string", default: String(value) });
const { values: options } = parseArgs({
  options: {
    left: text, "left-pid": text, right: text, "right-pid": text, "postgres-pid": text,
    requests: number(2000), rounds: number(5), attempts: number(60),
  },
});
/** Requests at the same time. */
const CONNECTIONS = 8;
/** Of a clock tick in /proc: it is 100 a second everywhere. */
const TICK_US = 10_000;
const json = { "content-type": "application/json" };

/** User and system time of a process and the children that it has, and had, in µs. */
function used(pid) {
  if (!pid) return 0;
  return [pid, ...children(pid)].reduce((sum, each) => sum + ticks(each, each === pid), 0) * TICK_US;
}

function ticks(pid, withEnded) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ").map(Number);
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15);
  return user + system + (withEnded ? endedUser + endedSystem : 0);
}

function children(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A server with somebody who is signed in. */
async function open(name) {
  const base = options[name];
  const email = `bench.${Date.now()}@example.com`;
  const body = { name: "Bench", email, password: "correct horse battery" };
  const { cookies } = await send(base, { method: "POST", path: "/api/auth/sign-up/email", headers: json, body });
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return { name, base, pid: options[`${name}-pid`], email, cookie: cookies[0].split(";")[0], agent, session: [], postgres: [] };
}

function read({ base, cookie, agent }) {
  return new Promise((resolve, reject) => {
    const sent = request(`${base}/api/auth/get-session`, { agent, headers: { cookie } }, (response) => {
      let length = 0;
      response.on("data", (chunk) => (length += chunk.length));
      response.on("end", () => (response.statusCode === 200 && length > 100 ? resolve() : reject(new Error("no session"))));
    });
    sent.on("error", reject).end();
  });
}

async function readMany(server, count) {
  let left = count;
  const client = async () => {
    while (left-- > 0) await read(server);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
}

/** One round: what each request cost the server, and PostgreSQL. */
async function round(server) {
  const count = Number(options.requests);
  const before = [used(server.pid), used(options["postgres-pid"])];
  await readMany(server, count);
  const after = [used(server.pid), used(options["postgres-pid"])];
  server.session.push((after[0] - before[0]) / count);
  server.postgres.push((after[1] - before[1]) / count);
}

/** How long refusals take that must not tell who has an account, in ms. */
async function compareRefusals({ base, email }) {
  const times = { "a wrong password": [], "an unknown address": [] };
  for (let attempt = 0; attempt < Number(options.attempts); attempt++) {
    for (const [kind, address] of [["a wrong password", email], ["an unknown address", `nobody.${attempt}.${email}`]]) {
      const begin = process.hrtime.bigint();
      const body = { email: address, password: "not the password" };
      const { status } = await send(base, { method: "POST", path: "/api/auth/sign-in/email", headers: json, body });
      if (status !== 401) throw new Error(`${kind} is answered with ${status}`);
      times[kind].push(Number(process.hrtime.bigint() - begin) / 1e6);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([kind, all]) => [kind, median(all)]));
}

const servers = [await open("left"), await open("right")];
for (const server of servers) await readMany(server, Number(options.requests));
for (let number = 0; number < Number(options.rounds); number++) for (const server of servers) await round(server);

const [left, right] = servers;
for (const { name, session, postgres } of servers) {
  const each = session.map((cpu) => cpu.toFixed(0)).join(" ");
  console.log(`${name}: get-session ${median(session).toFixed(0)} µs of CPU (${each}), PostgreSQL ${median(postgres).toFixed(0)} µs`);
}
console.log(`left / right: ${(median(left.session) / median(right.session)).toFixed(1)}`);
for (const server of servers) {
  const times = await compareRefusals(server);
  const told = Object.entries(times).map(([kind, time]) => `${kind} ${time.toFixed(2)} ms`).join(", ");
  console.log(`${server.name}: ${told}`);
}
process.exit(0);
