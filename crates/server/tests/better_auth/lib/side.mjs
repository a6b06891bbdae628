// One of the two servers that are compared, and what it answered so far.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { send } from "./http.mjs";
import { Normalizer } from "./normalize.mjs";

export class Side {
  /** What was observed, by step. */
  observed = new Map();
  /** The groups that could not be played to their end, and why. */
  broken = [];
  /** What the server takes for its own origin. */
  origin;
  #base;
  #mailbox;
  #database;
  #group = "";
  #run;
  #normalizer;

  constructor({ base, origin, database, mailbox }) {
    this.#base = new URL(base).origin;
    this.origin = origin ?? this.#base;
    this.#mailbox = mailbox;
    this.#database = database;
  }

  /** Runs one group of steps, with people of its own. */
  async play(name, steps) {
    this.#group = name;
    this.#run = randomBytes(5).toString("hex");
    this.#normalizer = new Normalizer(this.origin, this.#run);
    try {
      await steps(this);
    } catch (error) {
      this.broken.push({ group: name, server: this.#base, problem: error.message });
    }
  }

  /** An address that nobody else has. */
  address(name) {
    return `${name}.${this.#run}@example.com`;
  }

  get(step, path, options) {
    return this.#step(step, "GET", path, options);
  }

  post(step, path, body, options) {
    return this.#step(step, "POST", path, { body, ...options });
  }

  send(step, method, path, options) {
    return this.#step(step, method, path, options);
  }

  async #step(step, method, path, options) {
    const answer = await this.#request(method, path, options);
    this.#normalizer.step = step;
    this.#record(step, this.#normalizer.answer(answer));
    return answer;
  }

  /** `as`: a session whose cookies are sent, from a page of the server's own origin. `headers` win. */
  #request(method, path, { as, body, headers = {} } = {}) {
    const all = {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(as && { cookie: as.cookie, origin: this.origin }),
      ...headers,
    };
    const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    const full = path.startsWith("/api") ? path : `/api/auth${path}`;
    return send(this.#base, { method, path: full, headers: present, body });
  }

  /** A new person, who is signed in. Not recorded. */
  signUp(name) {
    return this.#open(name, "/sign-up/email", { name, email: this.address(name), password: "password-1" });
  }

  /** One more session of a person. Not recorded. */
  signIn(name) {
    return this.#open(name, "/sign-in/email", { email: this.address(name), password: "password-1" });
  }

  async #open(name, path, body) {
    const session = this.session(await this.#request("POST", path, { body }));
    this.#normalizer.know(`token of ${name}`, session.token);
    this.#normalizer.know(`id of ${name}`, session.user.id);
    return session;
  }

  /** The session that an answer opened. */
  session({ status, cookies, json }) {
    if (!json?.token) throw new Error(`status ${status} opens no session`);
    const pairs = cookies.map((line) => line.split(";")[0]).filter((pair) => !pair.endsWith("="));
    return { token: json.token, user: json.user, cookie: pairs.join("; ") };
  }

  /** The link in the next mail to an address; where it leads is recorded. */
  async mail(step, address) {
    const { to, link } = await this.#mailbox.take(address);
    this.#normalizer.step = step;
    this.#record(step, { to: this.#normalizer.text("to", to.join()), link: this.#normalizer.text("link", link ?? "") });
    return link.slice(this.origin.length);
  }

  /** Changes rows behind the server's back. Both servers keep them in tables of the same names. */
  async sql(statement, values) {
    const client = new pg.Client({ connectionString: this.#database });
    await client.connect();
    try {
      return (await client.query(statement, values)).rows;
    } finally {
      await client.end();
    }
  }

  #record(step, observed) {
    const key = `${this.#group}/${step}`;
    if (this.observed.has(key)) throw new Error(`two steps are called ${key}`);
    this.observed.set(key, observed);
  }
}
