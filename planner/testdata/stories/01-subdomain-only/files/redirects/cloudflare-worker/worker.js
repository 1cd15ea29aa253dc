// Redirects for the old shop's addresses. Generated together with map.json; only
// map.json (and the shards, if there are any) changes with the map.
// What is not in the map goes on to the shop behind this Worker.
import map from "./map.json";

const shards = new Map(); // number -> Promise of rows
const maxShards = 64; // parsed shards kept in memory

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    const row = await find(url, env);
    if (row) {
      const [status, target, keep] = row;
      if (!target) return new Response("Gone\n", { status, headers: { "content-type": "text/plain" } });
      return new Response(null, { status, headers: { location: keep ? withQuery(target, url.search.slice(1)) : target } });
    }
    if (env.ELSE === "404") return new Response("Not found\n", { status: 404 });
    return fetch(request);
  },
};

// find returns the row that answers an address: the address as a whole, all its
// parameters, the identifying parameters alone, the path, a prefix of the path.
async function find(url, env) {
  const address = normalise(url.href.slice(url.origin.length).split("#", 1)[0]);
  const mark = address.indexOf("?");
  const path = mark < 0 ? address : address.slice(0, mark);
  const query = mark < 0 ? "" : address.slice(mark + 1);
  const values = firstValues(query);
  for (const host of map.hosts ? [url.hostname, ""] : [""]) {
    let row = await get("=" + host + address, env);
    if (row) return row;
    if (query) {
      if (map.all) {
        const sorted = query.split("&").filter(Boolean).sort().join("&");
        if ((row = await get("&" + host + path + "?" + sorted, env))) return row;
      }
      for (const names of map.groups) {
        if (!names.every((name) => values.get(name))) continue;
