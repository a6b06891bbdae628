// Makes answers comparable: what is random or depends on the clock becomes a name; what must be the same stays so.

/** Headers that belong to the contract. The others are the host's. */
const HEADERS = [
  "content-type", "location", "cache-control", "pragma", "allow", "access-control-expose-headers",
  "set-auth-token", "set-auth-jwt",
];
const JWT = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/;
const SIGNATURE = /[A-Za-z0-9+/]{43}=|(?:[A-Za-z0-9]|%2B|%2F){43}%3D/g;
const MINUTE = 60_000;
/** Times are told in multiples of so many minutes, as machines may be slow. */
const MINUTES = 5;

/** Knows the random values of one server, so that the same value gets the same name wherever it turns up. */
export class Normalizer {
  #names = new Map();
  #origin;
  #run;
  /** What is being normalized: new names tell where they come from. */
  step = "";

  constructor(base, run) {
    this.#origin = base;
    this.#run = run;
  }

  answer({ status, headers, cookies, text, json }) {
    // What is handed out is named before the body is, which may speak of something else.
    const chosen = HEADERS.filter((name) => name in headers).map((name) => [name, this.#value(name, headers[name])]);
    const lines = cookies.map((line) => this.text("cookie", line));
    const body = this.#body(headers["content-type"] ?? "", text, json);
    return { status, body, headers: Object.fromEntries(chosen), cookies: lines };
  }

  #body(type, text, json) {
    if (type.startsWith("text/html")) return "<html>";
    if (json === undefined) return this.text("body", text);
    // Whitespace and escapes count as well.
    return JSON.stringify(json) === text ? this.#value("body", json) : { text: this.text("body", text) };
  }

  /** A JSON value. */
  #value(key, value) {
    if (key === "x" && value?.length === 43) return "<public key>";
    if (key === "backupCodes" && typeof value === "string") return value.replace(/^\w{5}-\w{5}$/, "<backup code>");
    if (typeof value === "string") return JWT.test(value) ? this.jwt(value) : this.#string(key, value);
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return inOrder(value).map((item) => this.#value(key, item));
    const name = (member) => (member === "id" ? `${key}.id` : member);
    return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, this.#value(name(member), inner)]));
  }

  jwt(token) {
    const [header, claims] = token.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
    const seconds = (name) => (typeof claims[name] === "number" ? { [name]: fromNow(claims[name] * 1000) } : {});
    const dated = { ...claims, ...seconds("iat"), ...seconds("exp"), ...seconds("auth_time") };
    return { header: this.#value("header", header), claims: this.#value("claims", dated) };
  }

  #string(key, value) {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return this.text(key, value);
    return key === "expiresAt" ? fromNow(Date.parse(value)) : "<time>";
  }

  /** Any text with random parts in it; `key` is what a part is named after when it is new. */
  text(key, value) {
    return value
      .replace(/[\w-]{43}!trust-device-[\w-]{32}/, "<trusted device>")
      .replace(/2fa-[\w-]{20}(?![\w-])/, "<challenge>")
      .replace(/secret=[A-Z2-7]+/, "secret=<secret>")
      .replaceAll(this.#origin, "<origin>")
      .replaceAll(encodeURIComponent(this.#origin), "<origin, encoded>")
      .replaceAll(this.#run, "<run>")
      .replace(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, (token) => JSON.stringify(this.jwt(token)))
      .replace(SIGNATURE, (found) => (found.endsWith("=") ? "<signature>" : "<signature, encoded>"))
      .replace(/(?<![A-Za-z0-9])(?:[A-Za-z0-9]{32}|[A-Za-z0-9]{24})(?![A-Za-z0-9])/g, (word) => this.#name(key, word));
  }

  /** Gives a random value a name, unless it has one. */
  know(name, word) {
    if (this.#names.has(word)) return;
    const taken = [...this.#names.values()].filter((other) => other.startsWith(`<${name},`)).length;
    this.#names.set(word, `<${name}, ${word.length} characters${taken ? `, no. ${taken + 1}` : ""}>`);
  }

  #name(key, word) {
    this.know(`${key} of ${this.step}`, word);
    return this.#names.get(word);
  }
}

/** Lists of records come as the database finds them: here they are in the order of their making. */
function inOrder(items) {
  return items.every((item) => item?.createdAt) ? items.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)) : items;
}

function fromNow(moment) {
  return `<in ${MINUTES * Math.round((moment - Date.now()) / MINUTE / MINUTES)} min>`;
}
