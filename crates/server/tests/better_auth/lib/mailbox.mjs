// A mail server that delivers nothing: tests take their mails out of it.
import { createServer } from "node:net";

/** Far more than a mail needs; reached only by one that never comes. */
const PATIENCE_MS = 60_000;

export class Mailbox {
  #mails = [];
  #waiting = [];
  #server = createServer((socket) => receive(socket, (mail) => this.#deliver(mail)));

  /** Starts to listen on this port of the loopback. */
  static async open(port) {
    const mailbox = new Mailbox();
    await new Promise((resolve, reject) => mailbox.#server.once("error", reject).listen(port, "127.0.0.1", resolve));
    // The process may end while it listens.
    mailbox.#server.unref();
    return mailbox;
  }

  /** The oldest mail to this address that was not taken yet: `{ to, text, link }`. */
  take(to) {
    const index = this.#mails.findIndex((mail) => mail.to.includes(to));
    if (index >= 0) return Promise.resolve(this.#mails.splice(index, 1)[0]);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no mail comes to ${to}`)), PATIENCE_MS);
      this.#waiting.push({ to, resolve, timer });
    });
  }

  #deliver(mail) {
    const index = this.#waiting.findIndex(({ to }) => mail.to.includes(to));
    if (index < 0) return this.#mails.push(mail);
    const [{ resolve, timer }] = this.#waiting.splice(index, 1);
    clearTimeout(timer);
    resolve(mail);
  }
}

/** As much of RFC 5321 as senders need. */
function receive(socket, deliver) {
  let pending = "";
  let recipients = [];
  let lines = null;
  const say = (line) => socket.write(`${line}\r\n`);
  const answer = (line) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO") return say("250-localhost\r\n250 8BITMIME");
    if (verb === "RCPT") recipients.push(line.match(/<(.*)>/)[1].toLowerCase());
    if (verb === "RSET") recipients = [];
    if (verb === "DATA") lines = [];
    if (verb === "QUIT") return socket.end("221 bye\r\n");
    say(verb === "DATA" ? "354 go on" : "250 ok");
  };
  const content = (line) => {
    if (line !== ".") return lines.push(line.replace(/^\./, ""));
    deliver({ to: recipients, ...parse(lines.join("\n")) });
    [recipients, lines] = [[], null];
    say("250 ok");
  };
  socket.setEncoding("utf8").on("error", () => {});
  socket.on("data", (chunk) => {
    const complete = (pending + chunk).split("\r\n");
    pending = complete.pop();
    for (const line of complete) lines ? content(line) : answer(line);
  });
  say("220 localhost");
}

/** The first part of a mail that is plain text, and the first link in it. */
function parse(raw) {
  const [head, body] = cut(raw, "\n\n");
  const boundary = head.match(/^content-type:\s*multipart[^]*?boundary="?([^"\n;]+)/im)?.[1];
  if (boundary) return parse(body.split(`--${boundary}`)[1].replace(/^\n/, ""));
  const encoding = head.match(/^content-transfer-encoding:\s*(\S+)/im)?.[1].toLowerCase();
  const text = decode(body, encoding);
  return { text, link: text.match(/https?:\/\/[^\s<>"]+/)?.[0] };
}

function decode(body, encoding) {
  if (encoding === "base64") return Buffer.from(body, "base64").toString();
  if (encoding !== "quoted-printable") return body;
  const bytes = body.replace(/=\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}

function cut(text, separator) {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + separator.length)];
}
