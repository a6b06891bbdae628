// An authenticator app (RFC 6238: SHA-1, six digits, steps of thirty seconds).
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const STEP_MS = 30_000;

export class Authenticator {
  #key;
  #last = 0;

  /** What the QR code says. */
  constructor(uri) {
    this.#key = base32(new URL(uri).searchParams.get("secret"));
  }

  /** A code of a later step than the one before, as a server may accept each step once; at most one step ahead of the time. */
  async next() {
    const present = () => Math.floor(Date.now() / STEP_MS);
    this.#last = Math.max(this.#last + 1, present() - 1);
    while (this.#last > present() + 1) await sleep(200);
    return this.#code(this.#last);
  }

  /** The code that came last, once more. */
  again() {
    return this.#code(this.#last);
  }

  /** Six digits that are the code of no step that counts now. */
  wrong() {
    const steps = [-2, -1, 0, 1, 2].map((offset) => Math.floor(Date.now() / STEP_MS) + offset);
    const good = new Set(steps.map((step) => this.#code(step)));
    return ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !good.has(code));
  }

  #code(step) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const tag = createHmac("sha1", this.#key).update(counter).digest();
    const number = tag.readUInt32BE(tag.at(-1) & 0xf) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, "0");
  }
}

function base32(text) {
  const bits = [...text].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}
