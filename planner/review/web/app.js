// The review page. What comes from a shop is only ever put into the page as text.
//
// Requests go one at a time (see pump): words that were given are sent first, so a
// page of rows that is asked for afterwards begins where the list here ends.
"use strict";
(() => {
const $ = (id) => document.getElementById(id);
const lang = document.body.dataset.lang, key = document.body.dataset.key;
const texts = JSON.parse(document.body.dataset.texts);
const t = (k, ...args) => (texts[k] ?? k).replace(/\{(\d)\}/g, (_, i) => String(args[i]));
const num = (n) => new Intl.NumberFormat(lang).format(n);
const percent = (n) => new Intl.NumberFormat(lang, {style: "percent", maximumFractionDigits: 1}).format(n);

function el(name, attrs, ...kids) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(attrs ?? {})) {
    if (typeof v === "function") e.addEventListener(k === "on" ? "click" : k, v);
    else if (v !== undefined && v !== false) e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...kids.filter((k) => k !== null && k !== undefined && k !== ""));
  return e;
}

const views = ["open", "none", "sure", "settled"];
const few = 20, page = 50, most = 150; // rows: ask for more below, how many at once, keep at most
let view = "open", group = null; // group: {id, …} of the server
let rows = [], base = 0, total = 0, at = 0, counts = null;
let pending = [], tasks = [], busy = false, alone = 0, failing = false;

// ---- talking with the server

async function ask(path, post) {
  const o = post === undefined ? {} : {
    method: "POST", headers: {"Content-Type": "application/json", "X-Review-Key": key}, body: JSON.stringify(post)};
  let r;
  try { r = await fetch(path + (path.includes("?") ? "&" : "?") + "lang=" + lang, o); } catch { throw new Error(t("error.closed")); }
  let v = {};
  try { v = await r.json(); } catch { /* a refusal of the guard is plain text */ }
  if (r.ok) return v;
  const e = new Error(v.error ?? t("error.closed"));
  e.status = r.status;
  throw e;
}

function rowsPath(o) {
  const q = new URLSearchParams({view, offset: o.offset ?? 0, limit: o.limit ?? page});
  if (group) q.set("group", group.id);
  if (o.key) q.set("key", o.key);
  return "rows?" + q;
}

async function pump() {
  if (busy) return;
  busy = true;
  try {
    for (;;) {
      if (pending.length) await send();
      else if (tasks.length) { await tasks[0](); tasks.shift(); }
      else if (view !== null && !(await more())) break;
    }
    settle();
  } catch (e) {
    // Nothing is dropped: what was not confirmed is sent again.
    problem(e.message);
    failing = true;
    setTimeout(() => { busy = false; pump(); }, 3000);
    return;
  }
  busy = false;
  if (!rows.length) render(); // "loading" is over
}

// refused: the server has understood and says no; asking again would not help.
const refused = (e) => [400, 409, 413, 422].includes(e.status);

function settle() { if (failing) { failing = false; $("problem").hidden = true; } }

async function send() {
  const words = pending.slice(0, alone > 0 ? 1 : 200);
  try {
    const v = await ask("decide", {words: words.map(({old, verdict, new: n}) => ({old, verdict, new: n}))});
    pending.splice(0, words.length);
    alone = Math.max(0, alone - 1);
    settle();
    showCounts(v.counts);
  } catch (e) {
    if (!refused(e)) throw e;
    if (words.length > 1) { alone = words.length; return; } // one of them is refused: which?
    pending.shift();
    alone = Math.max(0, alone - 1);
    toast(e.message);
    tasks.push(() => load({key: words[0].old}));
  }
}

// more asks for the next or the earlier rows when the end is near.
async function more() {
  if (rows.length - at < few && base + rows.length < total) {
    const v = await ask(rowsPath({offset: base + rows.length}));
    const have = new Set(rows.map((r) => r.old.key));
    const fresh = v.rows.filter((r) => !have.has(r.old.key) && !pending.some((p) => p.old === r.old.key));
    rows.push(...fresh);
    total = v.total - pending.length * (view === "open");
    if (rows.length > most) { const cut = Math.min(at, rows.length - most); rows.splice(0, cut); base += cut; at -= cut; }
    showCounts(v.counts);
    render();
    return fresh.length > 0;
  }
  if (at < few / 2 && base > 0) {
    const from = Math.max(0, base - page);
    const v = await ask(rowsPath({offset: from, limit: base - from}));
    rows.unshift(...v.rows);
    at = Math.min(at + v.rows.length, rows.length - 1);
    base = from;
    if (rows.length > most && at < most) rows.length = most;
    render();
    return v.rows.length > 0;
  }
  return false;
}

async function load(o) {
  const v = await ask(rowsPath(o ?? {}));
  rows = v.rows; base = v.offset; total = v.total; at = 0;
  group = v.group ?? null;
  if (!rows.length && base > 0) return load({});
  if (!rows.length && group) { group = null; return load({}); }
  showCounts(v.counts);
  render();
}

function later(task) { tasks.push(task); pump(); }

// ---- what the reviewer says

// saveNote stores why, beside the word that the row has.
function saveNote(r, note) {
  later(async () => {
    try {
      showCounts((await ask("note", {old: r.old.key, note})).counts);
      r.note = note;
      toast(t("note.saved"));
    } catch (e) {
      if (!refused(e)) throw e;
      toast(e.message);
    }
  });
}

function say(verdict, next) {
  const r = rows[at];
  if (!r) return;
  if (verdict === "accept" && !next) { toast(t("no-proposal")); return; }
  pending.push({old: r.old.key, verdict, new: next?.key ?? ""});
  if (view === "open") {
    rows.splice(at, 1);
    total--;
    if (at >= rows.length) at = Math.max(0, rows.length - 1);
  } else {
    Object.assign(r, {verdict, chosen: next, chosen_gone: false, by: "", at: "", open: false});
    if (at < rows.length - 1) at++;
  }
  toast(t("said." + verdict, r.old.title || r.old.url));
  if (failing) problem(trouble);
  render();
  pump();
}

function sayGroup(verdict) {
  if (!group) return;
  const g = group, n = total;
  later(async () => {
    try {
      const v = await ask("decide-group", {group: g.id, verdict, rows: n});
      group = null;
      toast(t("group.said." + verdict, num(v.saved)));
    } catch (e) {
      toast(e.message);
    }
    tasks.push(() => load({}));
  });
}

function undo() {
  later(async () => {
    try {
      const v = await ask("undo", {});
      toast(t("undone", num(v.saved)));
      if (v.saved > 1) group = null;
      tasks.push(() => load({key: v.keys?.[0]}));
    } catch (e) {
      // Not asked again: it may have been done, and would take back one step more.
      toast(e.message);
      tasks.push(() => load({}));
    }
  });
}

function show(v) { view = v; group = null; later(() => load({})); }
function enter(g) { group = g; view = "open"; closePanel(); later(() => load({})); }
function leave() { const k = rows[at]?.old.key; group = null; later(() => load({key: k})); }

function move(by) {
  if (!rows.length) return;
  at = Math.min(Math.max(at + by, 0), rows.length - 1);
  render();
  pump();
}

// ---- drawing

function showCounts(c) {
  counts = c;
  const parts = ["sure", "chosen", "gone", "ignored", "none", "rejected", "open"];
  const whole = Math.max(1, c.pages);
  const bars = parts.map((p) => { const i = el("i", {class: "c-" + p}); i.style.width = 100 * c[p] / whole + "%"; return i; });
  $("coverage").replaceChildren(...bars);
  $("coverage").setAttribute("aria-label", parts.map((p) => t("count." + p) + " " + num(c[p])).join(", "));
  const legend = parts.map((p) => el("li", {}, el("i", {class: "c-" + p}), t("count." + p) + " ", el("b", {id: "n-" + p}, num(c[p]))));
  legend.push(el("li", {}, t("count.covered", percent((c.sure + c.chosen) / whole))));
  if (c.clicks > 0) legend.push(el("li", {}, t("count.clicks", percent(c.covered / c.clicks))));
  $("legend").replaceChildren(...legend);
  const sizes = {open: c.open, none: c.none, sure: c.sure, settled: c.chosen + c.gone + c.ignored + c.rejected};
  $("views").replaceChildren(...views.map((v) => el("button", {type: "button", "aria-current": String(v === view), on: () => show(v)}, t("view." + v) + " " + num(sizes[v]))));
  $("undo-button").disabled = c.undo === 0;
}

function render() {
  $("list").replaceChildren(...rows.map((r, i) => el("li", {role: "option", "aria-selected": String(i === at), on: () => { at = i; render(); pump(); }},
    el("span", {class: "name"}, r.old.title || r.old.url),
    el("span", {class: "sub"}, r.verdict ? el("span", {}, t("verdict." + r.verdict)) : null,
      el("span", {}, r.new ? percent(r.confidence) : "—"),
      r.worth.clicks ? el("span", {}, t("worth.clicks", num(r.worth.clicks))) : null,
      r.groups?.length ? el("span", {}, t("alike", num(r.groups[0].open))) : null))));
  $("list").children[at]?.scrollIntoView({block: "nearest"});
  $("place").textContent = rows.length ? t("place", num(base + at + 1), num(total)) : "";
  renderBanner();
  const r = rows[at];
  if (document.activeElement?.id === "note" && document.activeElement.dataset.row === r?.old.key) return; // somebody is writing there
  $("detail").replaceChildren(...(r ? detail(r) : [el("p", {class: "empty"}, total > 0 || busy && pending.length ? t("loading") : t("empty." + view))]));
}

function renderBanner() {
  $("banner").hidden = !group;
  if (!group) return;
  const act = (verdict, k) => el("button", {type: "button", on: () => sayGroup(verdict)}, el("kbd", {}, "Shift"), "+", el("kbd", {}, k), " " + t("all." + verdict));
  const careful = [...group.gone ?? [], ...group.came ?? []].some((w) => /[0-9０-９]/.test(w)) || group.code === "differs";
  $("banner").replaceChildren(el("span", {}, el("b", {}, t("group.rows", num(total))), ...describe(group)),
    careful ? el("strong", {class: "careful"}, t("group.careful")) : "",
    act("accept", "A"), act("reject", "R"), act("gone", "N"), act("ignore", "I"),
    el("button", {type: "button", on: leave}, el("kbd", {}, "Esc"), " " + t("group.leave")));
}

// describe says what the rows of a group have in common.
function describe(g) {
  const out = [];
  if (g.kind === "target") out.push(t("group.target", g.target));
  else if (!g.gone?.length && !g.came?.length) out.push(t("group.same-name"));
  else {
    out.push(t("group.differs") + " ");
    for (const w of g.gone ?? []) out.push(el("mark", {class: "out"}, "− " + w), " ");
    for (const w of g.came ?? []) out.push(el("mark", {class: "in"}, "+ " + w), " ");
  }
  if (g.code) out.push(" · " + t("group.code." + g.code));
  if (g.price) out.push(" · " + t("group.price." + g.price));
  return out;
}

function detail(r) {
  const out = [];
  if (r.verdict) {
    const lost = r.chosen_gone;
    out.push(el("p", {class: "said" + (lost || r.open ? " warn" : "")}, t("verdict." + r.verdict),
      r.chosen ? ": " + (r.chosen.title || r.chosen.url) : "", r.by ? " (" + r.by + ")" : "",
      lost ? " — " + t("chosen-gone") : r.open ? " — " + t("reopened") : ""));
  }
  if (r.verdict) out.push(el("p", {}, el("label", {}, el("kbd", {}, "M"), " " + t("note") + " ",
    el("input", {id: "note", "data-row": r.old.key, type: "text", maxlength: "500", autocomplete: "off", value: r.note ?? "", change: (e) => saveNote(r, e.target.value)}))));
  if (r.new_gone) out.push(el("p", {class: "said warn"}, t("new-gone")));
  const facts = [];
  const fact = (name, value) => facts.push(el("span", {}, name + " ", el("b", {}, value)));
  if (r.new) fact(t("confidence"), percent(r.confidence));
  if (r.reason) fact(t("reason"), r.reason);
  if (r.worth.clicks) fact(t("clicks"), num(r.worth.clicks));
  if (r.worth.sessions) fact(t("sessions"), num(r.worth.sessions));
  if (r.worth.revenue) fact(t("revenue"), num(r.worth.revenue) + " " + (r.worth.currency ?? ""));
  if (r.worth.sites) fact(t("sites"), num(r.worth.sites));
  out.push(el("p", {class: "facts"}, ...facts));
  for (const g of r.groups ?? []) {
    if (!group) out.push(el("p", {class: "alike"}, el("button", {type: "button", on: () => enter(g)}, g === r.groups[0] ? el("kbd", {}, "G") : "", " " + t("group.rows", num(g.open))), " ", ...describe(g)));
  }
  out.push(table(r), actions(r));
  return out;
}

function table(r) {
  const columns = [["old", r.old], ["new", r.new], ["other", r.other]].filter(([c, s]) => c === "new" || s);
  const body = [];
  if (document.body.dataset.pictures === "true") {
    body.push(el("tr", {}, el("th", {}, t("field.picture")), ...columns.map(([, s]) => el("td", {}, s?.picture
      ? el("img", {src: s.picture, alt: "", loading: "lazy", referrerpolicy: "no-referrer"}) : ""))));
  } else if (columns.some(([, s]) => s?.image)) {
    body.push(el("tr", {}, el("th", {}, t("field.picture")), ...columns.map(([, s]) => el("td", {}, s?.image ? link(s.image, t("open-picture")) : ""))));
  }
  for (const f of r.fields) {
    const line = el("tr", {class: f.name === "name" ? "name" : ""}, el("th", {scope: "row"}, t("field." + f.name)),
      ...columns.map(([c]) => value(f, c)));
    if (f.name === "name") body.unshift(line); else body.push(line);
  }
  body.push(el("tr", {}, el("th", {scope: "row"}, t("field.address")), ...columns.map(([, s]) => el("td", {class: "address"}, s ? link(s.link, s.url) : ""))));
  const heads = {old: t("column.old"), new: t("column.new"), other: t("column.other")};
  const head = (c) => el("th", {scope: "col"}, c === "new" && r.new ? el("kbd", {}, "1") : c === "other" ? el("kbd", {}, "2") : "", " " + heads[c],
    c === "other" && r.other_confidence ? " " + percent(r.other_confidence) : "", c === "new" && !r.new ? ": " + t("no-proposal-short") : "");
  return el("table", {}, el("colgroup", {}, el("col", {class: "label"}), ...columns.map(() => el("col"))),
    el("thead", {}, el("tr", {}, el("th", {}), ...columns.map(([c]) => head(c)))), el("tbody", {}, ...body));
}

function value(f, column) {
  const c = f[column];
  const mark = column === "old" ? "out" : "in";
  return el("td", {class: [c.state ?? "", f.name === "name" ? "named" : ""].join(" ").trim()},
    ...(c.text ?? []).map((s) => s.d ? el("mark", {class: mark}, s.t) : s.t));
}

function link(href, text) {
  return href ? el("a", {href, target: "_blank", rel: "noopener noreferrer"}, text) : text;
}

function actions(r) {
  const b = (k, label, on, o) => el("button", {type: "button", on, ...o}, el("kbd", {}, k), " " + label);
  return el("div", {class: "acts"},
    b("A", t("act.accept"), () => say("accept", r.new), {class: "main", disabled: !r.new}),
    r.other ? b("2", t("act.other"), () => say("pick", r.other)) : null,
    b("R", t("act.reject"), () => say("reject"), {disabled: !r.new}),
    b("/", t("act.search"), openSearch),
    b("N", t("act.gone"), () => say("gone")),
    b("I", t("act.ignore"), () => say("ignore")),
    r.verdict ? b("X", t("act.clear"), () => say("")) : null);
}

let fading = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { $("toast").hidden = true; }, 4000);
}
let trouble = "";
function problem(text) {
  trouble = text;
  $("problem").textContent = t("not-saved", trouble, num(pending.length));
  $("problem").hidden = false;
}

// ---- the panel: search, groups, help

let panel = "", choices = [], chosen = 0, asked = 0, typing = 0;

function openPanel(name, title) {
  panel = name; choices = []; chosen = 0;
  $("panel-title").textContent = title;
  $("found").replaceChildren();
  $("panel-text").replaceChildren();
  $("query").hidden = name !== "search";
  $("panel").hidden = false;
}
function closePanel() { panel = ""; asked++; $("panel").hidden = true; $("query").blur(); }

function choose(i) {
  const c = choices[i];
  if (!c) return;
  closePanel();
  c.take();
}
function drawChoices() {
  $("found").replaceChildren(...choices.map((c, i) => el("li", {"aria-selected": String(i === chosen), on: () => choose(i)}, ...c.body())));
  $("found").children[chosen]?.scrollIntoView({block: "nearest"});
}

function openSearch() {
  const r = rows[at];
  if (!r) return;
  openPanel("search", t("search.for", r.old.title || r.old.url));
  $("query").value = "";
  $("query").focus();
  look();
}

async function look() {
  const mine = ++asked, r = rows[at];
  let v;
  try {
    v = await ask("search?" + new URLSearchParams({q: $("query").value.slice(0, 90), old: r.old.key}));
  } catch (e) {
    toast(e.message);
    return;
  }
  if (mine !== asked || panel !== "search") return;
  choices = v.found.map((s) => ({
    take: () => say(s.key === r.new?.key ? "accept" : "pick", s),
    body: () => [el("div", {}, s.title || s.url), el("div", {class: "sub"}, el("span", {}, t("type." + s.type)), s.sku ? el("span", {}, s.sku) : null, s.price ? el("span", {}, s.price) : null, el("span", {}, s.url))],
  }));
  chosen = 0;
  drawChoices();
  $("panel-text").replaceChildren(...(choices.length ? [] : [el("p", {}, t("search.none"))]));
}

function openGroups() {
  openPanel("groups", t("groups"));
  const mine = ++asked;
  later(async () => {
    const v = await ask("groups");
    if (mine !== asked || panel !== "groups") return;
    choices = v.groups.map((g) => ({take: () => enter(g), body: () => [el("b", {}, t("group.rows", num(g.open))), " ", ...describe(g)]}));
    drawChoices();
    if (!choices.length) $("panel-text").replaceChildren(el("p", {}, t("groups.none")));
  });
}

function openHelp() {
  openPanel("help", t("help"));
  const lines = [["A, 1", "act.accept"], ["2", "act.other"], ["R", "act.reject"], ["/, S", "act.search"], ["N", "act.gone"], ["I", "act.ignore"],
    ["X", "act.clear"], ["M", "help.note"], ["U", "undo"], ["J, ↓", "help.next"], ["K, ↑", "help.previous"], ["G", "help.group"], ["Shift+G", "groups"],
    ["Shift+A, R, N, I", "help.all"], ["V", "help.view"], ["O", "help.open-old"], ["P", "help.open-new"], ["Esc", "help.back"], ["?", "help"]];
  $("panel-text").replaceChildren(el("table", {}, el("tbody", {}, ...lines.map(([k, text]) => el("tr", {}, el("th", {}, el("kbd", {}, k)), el("td", {}, t(text)))))),
    el("p", {}, t("help.words")));
}

// ---- keys

function panelKey(e) {
  if (e.key === "Escape") closePanel();
  else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    chosen = Math.min(Math.max(chosen + (e.key === "ArrowDown" ? 1 : -1), 0), Math.max(0, choices.length - 1));
    drawChoices();
  } else if (e.key === "Enter") choose(chosen);
  else if (panel === "help" && e.key === "?") closePanel();
  else return;
  e.preventDefault();
}

const open = (s) => { if (s?.link) window.open(s.link, "_blank", "noopener,noreferrer"); };

const keys = {
  a: () => say("accept", rows[at]?.new), 1: () => say("accept", rows[at]?.new),
  2: () => rows[at]?.other && say("pick", rows[at].other),
  r: () => rows[at]?.new && say("reject"), n: () => say("gone"), i: () => say("ignore"),
  x: () => rows[at]?.verdict && say(""), m: () => $("note")?.focus(), u: undo, "/": openSearch, s: openSearch,
  j: () => move(1), arrowdown: () => move(1), k: () => move(-1), arrowup: () => move(-1),
  pagedown: () => move(10), pageup: () => move(-10),
  g: () => { const g = rows[at]?.groups?.[0]; if (g && !group) enter(g); else if (!group) toast(t("no-group")); },
  v: () => show(views[(views.indexOf(view) + 1) % views.length]),
  o: () => open(rows[at]?.old), p: () => open(rows[at]?.new), "?": openHelp, escape: () => group && leave(),
};
const shifted = {a: () => sayGroup("accept"), r: () => sayGroup("reject"), n: () => sayGroup("gone"), i: () => sayGroup("ignore"), g: openGroups};

document.addEventListener("keydown", (e) => {
  if (e.isComposing || e.keyCode === 229 || e.ctrlKey || e.metaKey || e.altKey) return;
  if (panel) { panelKey(e); return; }
  if (e.target.id === "note") { if (e.key === "Enter" || e.key === "Escape") e.target.blur(); return; }
  const k = e.key.toLowerCase();
  const f = e.shiftKey && /^[a-z]$/.test(k) ? shifted[k] : keys[k];
  if (!f || e.repeat && !/^(j|k|arrow|page)/.test(k)) return;
  e.preventDefault();
  f();
});
$("query").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(look, 120); });
$("panel").addEventListener("click", (e) => { if (e.target === $("panel")) closePanel(); });
$("groups-button").addEventListener("click", openGroups);
$("undo-button").addEventListener("click", undo);
$("help-button").addEventListener("click", openHelp);
addEventListener("beforeunload", (e) => { if (pending.length) e.preventDefault(); });

later(() => load({}));
})();
