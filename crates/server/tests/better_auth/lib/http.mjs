// Requests as they are written: nothing is added, followed or repaired, as `fetch` would.
import { request } from "node:http";

/** Sends one request; the answer is `{ status, headers, cookies, text, json }`, `json` undefined where the body is none. */
export function send(base, { method, path, headers = {}, body }) {
  const bytes = body === undefined ? undefined : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers }, async (response) => {
      const chunks = await response.toArray();
      const text = Buffer.concat(chunks).toString();
      const cookies = response.headers["set-cookie"] ?? [];
      resolve({ status: response.statusCode, headers: response.headers, cookies, text, json: parse(text) });
    });
    sent.on("error", reject).end(bytes);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
