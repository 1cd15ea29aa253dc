// What the vendors' matchers have in common in the tests: a listener that hands each
// request line over byte by byte, where the HTTP servers of JavaScript resolve dots
// and escape characters first, and the folder of the installed packages.
import { createRequire } from "node:module";
import process from "node:process";
import { pathToFileURL } from "node:url";

// need resolves the packages in the folder that the first argument names.
export const need = createRequire(process.argv[2] + "/package.json");

// load imports a package that has no CommonJS form.
export const load = (name) => import(pathToFileURL(need.resolve(name)).href);

// serve listens on the port of the second argument. match gets host and request target
// and returns { status, location }, or nothing where no rule fires.
export async function serve(match) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: Number(process.argv[3]) });
  for await (const connection of listener) answer(connection, match).catch(() => {});
}

async function answer(connection, match) {
  const text = new TextDecoder("latin1");
  const buffer = new Uint8Array(64 << 10);
  let head = "";
  for (let n; (n = await connection.read(buffer)) !== null;) {
    head += text.decode(buffer.subarray(0, n));
    for (let end; (end = head.indexOf("\r\n\r\n")) >= 0; head = head.slice(end + 4)) {
      const [first, ...fields] = head.slice(0, end).split("\r\n");
      const host = fields.find((f) => /^host:/i.test(f))?.slice(5).trim() ?? "";
      const target = first.slice(first.indexOf(" ") + 1, first.lastIndexOf(" "));
      let found;
      try {
        found = await match(host, target);
      } catch (error) {
        console.error(target, error.message); // the matcher fails on this address, so no rule fires
      }
      let reply = `HTTP/1.1 ${found?.status ?? 404} x\r\nContent-Length: 0\r\n`;
      if (found?.location) reply += `Location: ${found.location}\r\n`;
      await connection.write(new TextEncoder().encode(reply + "\r\n"));
    }
  }
}
