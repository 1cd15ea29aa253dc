(function () {
  "use strict";
  // The rows stand in the page as JSON. A hundred of them are drawn at a time, and
  // everything that came from a shop becomes a text node, never markup.
  var data = JSON.parse(document.getElementById("map-data").textContent);
  var root = document.getElementById("full"), form = root.querySelector("form"), words = data.words;
  var body = root.querySelector("tbody"), count = root.querySelector(".count"), pager = root.querySelector(".pager");
  var heads = Array.prototype.map.call(root.querySelectorAll("thead th"), function (h) { return h.textContent; });
  var rows = data.rows, page = 0, size = 100, shown = [], hay = null;
  // What a row holds: host and rest of the old address (0, 1) and of the new one (2, 3), titles (4, 5),
  // action 6, class 7, confidence 8, strength 9, carrier 10, proof 11, clicks 12, reason 13, note 14.
  function name(kind, i) { return i < 0 ? "" : data[kind][i][1]; }
  function fold(s) { return s.normalize("NFKC").toLowerCase(); }
  function address(base, s) { return base < 0 ? s : data.hosts[base] + s; }
  function oldURL(r) { return address(r[0], r[1]); }
  function newURL(r) { return r[3] === "" ? "" : address(r[2], r[3]); }
  function readable(s) { try { var d = decodeURI(s); return /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069\ufffd]/.test(d) ? s : d; } catch (e) { return s; } }
  function options(select, list) {
    list.forEach(function (w, i) { var o = document.createElement("option"); o.value = String(i); o.textContent = w[1]; select.appendChild(o); });
  }
  options(form.elements.action, data.actions);
  options(form.elements.strength, data.strengths);
  words.sorts.forEach(function (w, i) { var o = document.createElement("option"); o.value = String(i); o.textContent = w; form.elements.sort.appendChild(o); });
  function haystack(i) {
    if (!hay) { hay = new Array(rows.length); }
    if (hay[i] === undefined) { var r = rows[i]; hay[i] = fold(readable(oldURL(r)) + " " + oldURL(r) + " " + r[4] + " " + readable(newURL(r)) + " " + r[5]); }
    return hay[i];
  }
  var compare = [null,
    function (a, b) { return rows[b][12] - rows[a][12] || a - b; },
    function (a, b) { return rows[a][8] - rows[b][8] || a - b; },
    function (a, b) { return rows[b][8] - rows[a][8] || a - b; },
    function (a, b) { var x = rows[a][4], y = rows[b][4]; return x < y ? -1 : x > y ? 1 : a - b; }];
  function select() {
    var q = fold(form.elements.q.value).split(/\s+/).filter(Boolean), action = form.elements.action.value, strength = form.elements.strength.value;
    shown = [];
    for (var i = 0; i < rows.length; i++) {
      if (action !== "" && rows[i][6] !== +action || strength !== "" && rows[i][9] !== +strength) { continue; }
      if (q.length && !q.every(function (w) { return haystack(i).indexOf(w) >= 0; })) { continue; }
      shown.push(i);
    }
    var by = compare[+form.elements.sort.value];
    if (by) { shown.sort(by); }
    page = 0;
    draw();
  }
  function cell(tr, text, code, note, className) {
    var td = document.createElement("td");
    if (className) { td.className = className; }
    if (text || code) { td.dataset.h = heads[tr.children.length]; }
    if (text) { td.appendChild(document.createTextNode(text)); }
    if (code) { if (text) { td.appendChild(document.createElement("br")); } var c = document.createElement("code"); c.textContent = code; td.appendChild(c); }
    if (note) { td.appendChild(document.createElement("br")); var s = document.createElement("span"); s.className = "small soft"; s.textContent = note; td.appendChild(s); }
    tr.appendChild(td);
  }
  function draw() {
    var part = document.createDocumentFragment(), last = Math.max(Math.ceil(shown.length / size) - 1, 0);
    shown.slice(page * size, (page + 1) * size).forEach(function (i) {
      var r = rows[i], tr = document.createElement("tr");
      cell(tr, r[4], readable(oldURL(r)), "", "url");
      cell(tr, r[5], r[3] === "" ? "–" : readable(newURL(r)), "", "url");
      cell(tr, name("actions", r[6]), "", name("classes", r[7]) + (r[8] ? " " + Math.round(r[8] * 100) + "%" : ""));
      var carried = r[10] >= 0, action = data.actions[r[6]][0], pointed = action === "redirect" || action === "gone";
      cell(tr, carried || pointed ? name("strengths", r[9]) : "", "", carried ? name("carriers", r[10]) + (r[11] >= 0 ? " · " + name("proofs", r[11]) : "") : "");
      cell(tr, data.worth ? (r[12] < 0 ? "" : r[12].toLocaleString(document.documentElement.lang)) : "", "", "", "num");
      cell(tr, name("reasons", r[13]), "", name("notes", r[14]));
      part.appendChild(tr);
    });
    body.replaceChildren(part);
    count.textContent = words.count.replace("%s", shown.length.toLocaleString(document.documentElement.lang)).replace("%s", rows.length.toLocaleString(document.documentElement.lang));
    pager.querySelector("span").textContent = (page + 1) + " / " + (last + 1);
    pager.querySelector("[name=prev]").disabled = page === 0;
    pager.querySelector("[name=next]").disabled = page >= last;
  }
  var wait;
  form.addEventListener("input", function () { clearTimeout(wait); wait = setTimeout(select, 120); });
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  pager.addEventListener("click", function (e) {
    if (e.target.name === "prev") { page--; } else if (e.target.name === "next") { page++; } else { return; }
    draw();
  });
  form.hidden = false;
  pager.hidden = false;
  select();
})();
