(function (c) {
  "use strict";
  // Sends the visitor of an old page to its counterpart. Targets come only from
  // the fixed list below or in the map files, never from the address itself.
  // Add #replatform-stay to an address to look at the old page.
  var w = window, d = document, l = w.location;

  // The last value of a query parameter, as sent; null when there is none.
  function param(name) {
    var parts = l.search.replace(/^\?/, "").split("&"), value = null, i, at;
    for (i = 0; i < parts.length; i++) {
      at = parts[i].indexOf("=");
      if ((at < 0 ? parts[i] : parts[i].slice(0, at)) === name) {
        value = at < 0 ? "" : parts[i].slice(at + 1);
      }
    }
    return value;
  }

  // What a rule [path, conditions] captures from the address; null when it does not fit.
  function captured(path, conditions) {
    var m = new RegExp(path).exec(l.pathname), out = [], i, q, v;
    if (!m) { return null; }
    if (m[1]) { out.push(m[1]); }
    for (i = 0; i < conditions.length; i++) {
      q = conditions[i];
      v = param(q[0]);
      if (q[1] === null) {
        if (v !== null) { return null; }
        continue;
      }
      if (v === null) {
        if (q[2] === "") { return null; }
        v = q[2];
      }
      m = new RegExp(q[1]).exec(v);
      if (!m) { return null; }
      if (m[1]) { out.push(m[1]); }
    }
    return out;
  }

  function keyOf() {
    var given = d.getElementById("replatform-key"), i, got, out = [], v;
    if (given) { return given.getAttribute("content") || given.getAttribute("data-key") || ""; }
    for (i = 0; i < c.rules.length; i++) {
      got = captured(c.rules[i][1], c.rules[i][2]);
      if (got) { return c.rules[i][0] + got.join("-"); }
    }
    if (!c.params) { return ""; }
    for (i = 0; i < c.params.length; i++) {
      v = param(c.params[i]);
      if (v !== null) { out.push(c.params[i] + "=" + v); }
    }
    return "u" + l.pathname + (out.length ? "?" + out.join("&") : "");
  }

  // The address of a map value: one of the allowed places and a path.
  function address(value) {
    var m = /^(\d*)(\/[!-~]*)$/.exec(String(value)), origin = m && c.origins[m[1] === "" ? 0 : Number(m[1])];
    return origin ? origin + m[2] : "";
  }

  // Campaign parameters go along, so that the new shop still sees the campaign.
  function carry(url) {
    var parts = l.search.replace(/^\?/, "").split("&"), kept = [], i, at = url.indexOf("#"), tail = "";
    for (i = 0; i < parts.length; i++) {
      if (/^(utm_[a-z_]+|gclid|fbclid|yclid|msclkid)=[\w.~%+-]+$/.test(parts[i])) { kept.push(parts[i]); }
    }
    if (!kept.length) { return url; }
    if (at >= 0) { tail = url.slice(at); url = url.slice(0, at); }
    return url + (url.indexOf("?") < 0 ? "?" : "&") + kept.join("&") + tail;
  }

  function leave(url) {
    if (c.stay || l.hash === "#replatform-stay" || url === l.href) { return false; }
    l.replace(url);
    return true;
  }

  // A canonical link is added only to a page that has none, and never changed.
  function canonical(url) {
    var links = d.getElementsByTagName("link"), i, e;
    for (i = 0; i < links.length; i++) {
      if (/(^|\s)canonical(\s|$)/i.test(links[i].rel)) { return; }
    }
    e = d.createElement("link");
    e.rel = "canonical";
    e.href = url;
    (d.head || d.getElementsByTagName("head")[0]).appendChild(e);
  }

  function found(url) {
    var link = d.getElementById("replatform-link");
    if (!url || w.replatformDone) { return false; }
    w.replatformDone = true;
    if (link) { link.setAttribute("href", url); }
    if (d.body) {
      canonical(url);
    } else {
      d.addEventListener("DOMContentLoaded", function () { canonical(url); });
    }
    return leave(carry(url));
  }

  // The link that the shop's server has put in for this very page.
  function served() {
    var link = d.getElementById("replatform-link"), url = link ? link.getAttribute("href") : "", i;
    if (!link || !link.getAttribute("data-exact")) { return ""; }
    for (i = 0; i < c.origins.length; i++) {
      if (url.indexOf(c.origins[i] + "/") === 0) { return url; }
    }
    return "";
  }

  // Searched words, sent in the old shop's charset; "" when they cannot be read.
  function words(raw, charset) {
    var text = raw.replace(/\+/g, " "), bytes = [], i, hex;
    for (i = 0; i < text.length; i++) {
      if (text.charAt(i) !== "%") { bytes.push(text.charCodeAt(i)); continue; }
      hex = text.slice(i + 1, i + 3);
      if (!/^[0-9a-fA-F][0-9a-fA-F]$/.test(hex)) { return ""; }
      bytes.push(parseInt(hex, 16));
      i += 2;
    }
    try {
      return new w.TextDecoder(charset, { fatal: true }).decode(new Uint8Array(bytes));
    } catch (e) {
      return "";
    }
  }

  function search() {
    var s = c.search, raw, text;
    if (!s || !captured(s.path, s.query)) { return; }
    raw = param(s.words);
    text = raw === null ? "" : words(raw.slice(0, 600), s.charset);
    leave(text === "" ? s.plain : s.before + encodeURIComponent(text) + s.after);
  }

  function shard(key) {
    var h = 7, i;
    for (i = 0; i < key.length; i++) { h = (h * 31 + key.charCodeAt(i)) % 1000003; }
    return h % c.shards;
  }

  function lookUp(map, key) {
    return Object.prototype.hasOwnProperty.call(map, key) ? found(address(map[key])) : false;
  }

  // Loads the one map file that can hold the key. With c.hide the page stays
  // invisible meanwhile, at most for that many milliseconds.
  function load(key) {
    var e = d.createElement("script"), root = d.documentElement, gone = false;
    if (w.replatformAsked === key) { return; }
    w.replatformAsked = key;
    function show() { if (!gone) { root.style.visibility = ""; } }
    w.replatformMap = function (map) { gone = lookUp(map, key) || gone; };
    if (c.hide) {
      root.style.visibility = "hidden";
      w.setTimeout(function () { gone = false; show(); }, c.hide);
    }
    e.onload = e.onerror = show;
    e.async = true;
    e.src = c.base + shard(key) + ".js";
    (d.head || root).appendChild(e);
  }

  var key, exact = served();
  if (w.replatformDone) { return; }
  if (exact) { found(exact); return; }
  key = keyOf();
  if (key && c.map) { lookUp(c.map, key); }
  if (w.replatformDone) { return; }
  if (key && c.shards) { load(key); }
  search();
})(__CONFIG__);
