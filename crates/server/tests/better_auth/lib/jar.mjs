// What a browser adds to `fetch`: cookies, and the page's origin.

/** A `fetch` of a page of `origin`, with a cookie jar of its own or this one. */
export function browser(origin, jar = new Map()) {
  const send = async (url, options = {}) => {
    const headers = new Headers(options.headers);
    headers.set("origin", origin);
    if (jar.size > 0) headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(url, { ...options, headers });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  };
  return { fetch: send, jar };
}

function keep(jar, line) {
  const [pair, ...attributes] = line.split("; ");
  const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
  if (attributes.includes("Max-Age=0")) jar.delete(name);
  else jar.set(name, value);
}
