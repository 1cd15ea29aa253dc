(function () {
  "use strict";
  // The pictures stand in the page as data; the library draws them on the canvases in
  // the order of the page. Without script the tables beside them are open instead.
  var data = JSON.parse(document.getElementById("chart-data").textContent);
  var boxes = document.querySelectorAll(".chart"), drawn = [];
  var root = document.documentElement;
  function colour(name) { return getComputedStyle(root).getPropertyValue("--" + name).trim(); }
  var family = getComputedStyle(document.body).fontFamily;
  function rowHeight(rows, each, more) { return rows * each + more + "px"; }
  function text(label, width) {
    // Labels of the axis break into lines rather than leave no room for the bars.
    var out = [], line = "";
    label.split(/(?<= )|(?=[（・])/).forEach(function (w) {
      if (line && (line + w).length > width) { out.push(line.trim()); line = ""; }
      line += w;
    });
    out.push(line.trim());
    return out.length === 1 ? out[0] : out;
  }
  function common() {
    Chart.defaults.font.family = family;
    Chart.defaults.font.size = 13;
    Chart.defaults.color = colour("ink");
    Chart.defaults.borderColor = colour("line");
    return { animation: false, responsive: true, maintainAspectRatio: false, devicePixelRatio: Math.max(2, window.devicePixelRatio || 1) };
  }
  function narrow(box) { return box.clientWidth < 520; }
  function bars(c, box) {
    var o = common();
    o.indexAxis = "y";
    o.scales = { x: { stacked: !c.grouped, display: false, beginAtZero: true, max: c.grouped ? 1 : undefined }, y: { stacked: !c.grouped, grid: { display: false }, border: { display: false }, ticks: { color: colour("ink"), callback: function (v, i) { return text(c.labels[i], narrow(box) ? 12 : 26); } } } };
    o.plugins = { legend: { position: "top", align: "start", labels: { boxWidth: 14, boxHeight: 14, color: colour("ink") } },
      tooltip: { callbacks: { label: function (i) { return " " + i.dataset.label + ": " + i.dataset.texts[i.dataIndex]; } } } };
    box.style.height = rowHeight(c.labels.length, c.grouped ? 58 : narrow(box) ? 42 : 34, narrow(box) ? 120 : 60);
    return { type: "bar", options: o, data: { labels: c.labels, datasets: c.series.map(function (s) {
      return { label: s.name, data: s.values, texts: s.texts, backgroundColor: colour(s.colour), borderColor: colour("paper"), borderWidth: { right: 1 }, borderSkipped: false, maxBarThickness: 22, minBarLength: 0 };
    }) } };
  }
  function time(c, box) {
    var o = common();
    o.indexAxis = "y";
    var ticks = c.ticks;
    o.scales = { x: { type: "linear", position: "top", min: Math.min(ticks[0].at, Math.min.apply(null, c.spans.map(function (s) { return s[0]; }))),
      max: Math.max(ticks[ticks.length - 1].at, Math.max.apply(null, c.spans.map(function (s) { return s[1]; }))),
      afterBuildTicks: function (axis) { axis.ticks = ticks.map(function (t) { return { value: t.at }; }); },
      grid: { color: function (g) { return g.tick && g.tick.value === 0 ? colour("brand") : colour("line"); } },
      ticks: { color: colour("ink"), autoSkip: true, maxRotation: 0, callback: function (v) { var t = ticks.find(function (t) { return t.at === v; }); return t ? t.text : ""; } } },
      y: { grid: { display: false }, border: { display: false }, ticks: { color: colour("ink"), callback: function (v, i) { return text(c.labels[i], narrow(box) ? 8 : 26); } } } };
    o.plugins = { legend: { display: false }, tooltip: { callbacks: { title: function () { return ""; }, label: function (i) { return c.texts[i.dataIndex]; } } } };
    box.style.height = rowHeight(c.labels.length, 30, 40);
    return { type: "bar", options: o, data: { labels: c.labels, datasets: [{ data: c.spans, backgroundColor: colour("c-phase"), borderSkipped: false, maxBarThickness: 16, minBarLength: 5 }] } };
  }
  function flow(c, box) {
    var o = common(), by = {}, labels = {}, column = {}, priority = {};
    c.nodes.forEach(function (n, i) { by[n.id] = n; labels[n.id] = n.label; column[n.id] = n.column; priority[n.id] = i; });
    var broken = false;
    if (narrow(box)) {
      c.nodes.forEach(function (n) { labels[n.id] = [].concat(text(n.label, 9)).join("\n"); });
    } else {
      // The labels of the second and third column stand between these two: where both do
      // not fit beside each other they go on two lines.
      var pen = box.firstElementChild.getContext("2d");
      pen.font = "13px " + family;
      var widest = function (k) { return Math.max.apply(null, c.nodes.map(function (n) { return n.column === k ? pen.measureText(n.label).width : 0; })); };
      broken = widest(1) + widest(2) > box.clientWidth / 2 - 50;
      if (broken) { c.nodes.forEach(function (n) { labels[n.id] = n.label.replace(/ ?(?=[（(])|(?<=,) /, "\n"); }); }
    }
    o.plugins = { legend: { display: false }, tooltip: { callbacks: { title: function () { return ""; }, label: function (i) { var l = c.links[i.dataIndex]; return by[l.from].label + " → " + by[l.to].label + ": " + l.text; } } } };
    o.layout = { padding: { top: broken ? 18 : 10, bottom: broken ? 18 : 10 } }; // room for the labels of thin nodes
    var most = [0, 1, 2].reduce(function (m, k) { return Math.max(m, c.nodes.filter(function (n) { return n.column === k; }).length); }, 0);
    box.style.height = Math.max(320, most * (broken ? 56 : 46) + 40) + "px";
    var side = function (which) { return function (g) { var l = c.links[g.dataIndex]; return l ? colour(by[l[which]].colour) : colour("line"); }; };
    return { type: "sankey", options: o, data: { datasets: [{
      data: c.links.map(function (l) { return { from: l.from, to: l.to, flow: l.n }; }), labels: labels, column: column, priority: priority,
      colorFrom: side("from"), colorTo: side("to"), colorMode: "gradient", alpha: 0.45, borderWidth: 0, nodeWidth: 12, nodePadding: broken ? 36 : 26, size: "max",
      color: colour("ink"), font: { size: narrow(box) ? 11 : 13, family: family }
    }] } };
  }
  var makers = { bars: bars, time: time, flow: flow };
  function draw() {
    data.forEach(function (c, i) {
      if (drawn[i]) { drawn[i].destroy(); }
      boxes[i].hidden = false;
      drawn[i] = new Chart(boxes[i].firstElementChild, makers[c.kind](c, boxes[i]));
    });
  }
  draw();
  document.querySelectorAll("figure > details").forEach(function (d) { d.open = false; });
  // On paper and in the other colour scheme the pictures take the colours of the page.
  window.addEventListener("beforeprint", function () { root.classList.add("printing"); draw(); });
  window.addEventListener("afterprint", function () { root.classList.remove("printing"); draw(); });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
