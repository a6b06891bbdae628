// Where two normalized answers differ.

/** `[{ path, left, right }]`; the order of members counts as well. */
export function differences(left, right, path = "") {
  if (isObject(left) && isObject(right)) return compareMembers(left, right, path);
  return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ path, left, right }];
}

function compareMembers(left, right, path) {
  const at = (name) => (path === "" ? name : `${path}.${name}`);
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  const found = [...names].flatMap((name) => differences(left[name], right[name], at(name)));
  const [ours, theirs] = [[left, right], [right, left]].map(([a, b]) => Object.keys(a).filter((name) => name in b).join());
  return ours === theirs ? found : [...found, { path: at("(order)"), left: ours, right: theirs }];
}

function isObject(value) {
  return value !== null && typeof value === "object";
}

/** The accepted differences, by what they accept: a step and a path, each with `*` for anything. */
export class Accepted {
  #entries;

  constructor(entries) {
    this.#entries = entries.map(({ id, where }) => ({ id, used: false, patterns: where.map(pattern) }));
  }

  /** Whether an entry accepts a difference at this place. All that do count as used. */
  covers(step, path) {
    const covering = this.#entries.filter(({ patterns }) => patterns.some((one) => one.test(`${step} ${path}`)));
    for (const entry of covering) entry.used = true;
    return covering.length > 0;
  }

  /** The entries that no difference needed. */
  unused() {
    return this.#entries.filter(({ used }) => !used).map(({ id }) => id);
  }
}

function pattern(text) {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`);
}
