// Redirects for the old shop's addresses. Generated together with map.json; only
// map.json (and the shards, if there are any) changes with the map.
// What is not in the map goes on to the shop at the address in the variable ORIGIN.
import map from "./map.json" with { type: "json" };

const shards = new Map(); // number -> Promise of rows
const maxShards = 64; // parsed shards kept in memory

export default {
  async fetch(request) {
    // ELSE=404: there is no shop behind this script.
    const env = { ELSE: Deno.env.get("ELSE") };
    const url = new URL(request.url);
    const row = await find(url, env);
    if (row) {
      const [status, target, keep] = row;
      if (!target) return new Response("Gone\n", { status, headers: { "content-type": "text/plain" } });
      return new Response(null, { status, headers: { location: keep ? withQuery(target, url.search.slice(1)) : target } });
    }
    if (env.ELSE === "404") return new Response("Not found\n", { status: 404 });
    const origin = Deno.env.get("ORIGIN");
    return origin ? fetch(new Request(origin + url.pathname + url.search, request)) : new Response("Not found\n", { status: 404 });
  },
};

// find returns the row that answers an address: the address as a whole, all its
// parameters, the identifying parameters alone, the path, a captured row, a prefix of
// the path.
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
        const key = names.map((name) => name + "=" + values.get(name)).join("&");
        if ((row = await get("?" + host + path + "?" + key, env))) return row;
      }
    }
    row = await get("/" + host + path, env);
    if (row && !(row[3] >= 0 && map.guards[row[3]].some((name) => values.get(name)))) return row;
    for (const c of map.captured || []) {
      if (c.host !== host || !c.names.every((name) => values.get(name))) continue;
      const key = host + path + (c.names.length ? "?" + c.names.map((name) => name + "=" + values.get(name)).join("&") : "");
      if (!key.startsWith(c.before) || !key.endsWith(c.after)) continue;
      const part = key.slice(c.before.length, key.length - c.after.length);
      if (!(c.word === "{id}" ? /^[0-9]+$/ : /^[0-9A-Za-z_-]+$/).test(part)) continue;
      return [c.row[0], c.row[1].replaceAll(c.word, () => part), c.row[2]];
    }
    if (map.prefixes) {
      for (let p = path; ; ) {
        p = p.replace(/\/+$/, "");
        if ((row = await get("~" + host + p, env))) return row;
        const slash = p.lastIndexOf("/");
        if (slash < 0) break;
        p = p.slice(0, slash);
      }
    }
  }
  return null;
}

// normalise makes spellings of one address equal that differ in the letter case
// of escapes, or in characters which some clients escape and others do not.
function normalise(address) {
  return address
    .replace(/["'<>\\^`{|}]/g, (c) => "%" + c.charCodeAt(0).toString(16))
    .replace(/%[0-9a-fA-F]{2}/g, (escape) => escape.toUpperCase());
}

// firstValues maps each parameter name to its first value. A parameter without an
// equals sign has the empty name.
function firstValues(query) {
  const values = new Map();
  for (const piece of query.split("&")) {
    if (!piece) continue;
    const equals = piece.indexOf("=");
    if (equals === 0) continue;
    const name = equals < 0 ? "" : piece.slice(0, equals);
    if (!values.has(name)) values.set(name, equals < 0 ? piece : piece.slice(equals + 1));
  }
  return values;
}

function withQuery(target, query) {
  if (!query) return target;
  const hash = target.indexOf("#");
  const head = hash < 0 ? target : target.slice(0, hash);
  const fragment = hash < 0 ? "" : target.slice(hash);
  return head + (head.includes("?") ? "&" : "?") + query + fragment;
}

async function get(key, env) {
  const rows = map.shards ? await shard(fnv1a(key) % map.shards, env) : map.rows;
  return Object.hasOwn(rows, key) ? rows[key] : null;
}

function shard(number, env) {
  let rows = shards.get(number);
  if (!rows) {
    rows = env.REDIRECTS ? fromKV(number, env) : fromAssets(number, env);
    rows.catch(() => shards.delete(number));
    if (shards.size >= maxShards) shards.delete(shards.keys().next().value);
    shards.set(number, rows);
  }
  return rows;
}

async function fromAssets(number, env) {
  const response = await env.ASSETS.fetch(`https://assets.invalid/${number}.json`);
  if (!response.ok) throw new Error(`shard ${number}: status ${response.status}`);
  return response.json();
}

async function fromKV(number, env) {
  const rows = await env.REDIRECTS.get(`shard-${number}`, "json");
  if (!rows) throw new Error(`shard ${number} is not in the namespace`);
  return rows;
}

// fnv1a is the 32-bit hash FNV-1a of an ASCII string.
function fnv1a(s) {
  let h = 0x811c9dc5;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
