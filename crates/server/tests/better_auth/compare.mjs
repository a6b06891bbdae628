// Plays one script of requests against two servers and prints where their answers differ, one JSON object a line.
//
//   node compare.mjs --left http://localhost:3000 --left-database postgres://… \
//                    --right http://localhost:8000 --right-database postgres://… \
//                    --mail 2525 [--accept differences.json] [--group sign-in] [--record answers.json] \
//                    [--public https://…]
//
// Both servers must send their mails to that port of 127.0.0.1, and take `--public` (or else their address) for their
// origin. Ends with 0 if there are no differences but accepted ones, and if every accepted one was met.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Accepted, differences } from "./lib/diff.mjs";
import { Mailbox } from "./lib/mailbox.mjs";
import { Side } from "./lib/side.mjs";
import { groups } from "./scenario/all.mjs";

const text = { type: "string" };
const { values: options } = parseArgs({
  options: {
    left: text, "left-database": text, right: text, "right-database": text, mail: text, accept: text, group: text,
    record: text, public: text,
  },
});
const entries = options.accept ? JSON.parse(readFileSync(options.accept, "utf8")) : [];
const accepted = new Accepted(entries);
const mailbox = await Mailbox.open(Number(options.mail));
const side = (name) => new Side({ base: options[name], origin: options.public, database: options[`${name}-database`], mailbox });
const [left, right] = [side("left"), side("right")];

const chosen = Object.entries(groups).filter(([name]) => !options.group || name === options.group);
const both = (play) => Promise.all([play(left), play(right)]);
for (const [name, steps] of chosen) await both((server) => server.play(name, steps));
if (options.record) {
  const answers = [left, right].map(({ observed }) => Object.fromEntries(observed));
  writeFileSync(options.record, JSON.stringify(answers, null, 1));
}

const steps = new Set([...left.observed.keys(), ...right.observed.keys()]);
const found = [...steps].flatMap((step) =>
  differences(left.observed.get(step), right.observed.get(step)).map((difference) => ({ step, ...difference })),
);
const open = found.filter(({ step, path }) => !accepted.covers(step, path));
const unused = options.group ? [] : accepted.unused();
const faults = [
  ...open,
  ...unused.map((id) => ({ accepted: id, problem: "nothing differs there any more" })),
  ...left.broken,
  ...right.broken,
];
for (const fault of faults) console.log(JSON.stringify(fault));
console.log(JSON.stringify({ steps: steps.size, differences: found.length, faults: faults.length }));
process.exit(steps.size > 0 && faults.length === 0 ? 0 : 1);
