// vercel.json in the folder. The rows are checked and turned into routes by Vercel's own
// package (@vercel/routing-utils: schema, path-to-regexp). Asking the routes is a
// stand-in: the order of the file, the pattern on the path as sent, "has" and "missing"
// on the first value of each decoded parameter. What becomes of the request's query is
// left out.
import { readFileSync } from "node:fs";
import { need, serve } from "./serve.js";

const { getTransformedRoutes } = need("@vercel/routing-utils");
const { routes, error } = getTransformedRoutes(JSON.parse(readFileSync("vercel.json", "utf8")));
if (error) throw new Error(error.message);
const list = routes.filter((r) => r.src).map((r) => ({ ...r, src: new RegExp(r.src) }));

serve((host, target) => {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1));
  const holds = (c) => query.has(c.key) && (c.value === undefined || new RegExp(c.value).test(query.get(c.key)));
  for (const r of list) {
    const found = r.src.exec(path);
    if (!found || !(r.has ?? []).every(holds) || (r.missing ?? []).some(holds)) continue;
    const location = r.headers.Location.replace(/\$([1-9])/g, (_, n) => found[n] ?? "");
    return { status: r.status, location };
  }
});
