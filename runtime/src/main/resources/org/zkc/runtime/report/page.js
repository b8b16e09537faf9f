// Draws the page from its data. Strings of the data come from files that anybody may have made: they only ever become text.
"use strict";

const page = JSON.parse(document.getElementById("data").textContent);
const NODE = { width: 184, height: 44 };
const TONES = { weights: "has weights", activation: "activation", pool: "pooling", join: "joins values", view: "moves values", port: "input, output" };

// For each layer, what is marked when it is selected.
const marks = new Map();
let selected = 0;

function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function mark(layer, node) {
  if (layer === 0) return;
  if (!marks.has(layer)) marks.set(layer, []);
  marks.get(layer).push(node);
}

function fixed(value, digits) {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function bytes(value) {
  if (value < 10000) return fixed(value, 0) + " B";
  if (value < 1e7) return fixed(value / 1e3, 0) + " kB";
  return value < 1e10 ? fixed(value / 1e6, 0) + " MB" : fixed(value / 1e9, 1) + " GB";
}

function seconds(value) {
  if (value === 0) return "0";
  if (value < 1e-3) return fixed(value * 1e6, value < 1e-5 ? 1 : 0) + " \u00b5s";
  return value < 1 ? fixed(value * 1e3, 2) + " ms" : fixed(value, 2) + " s";
}

const WRITE = {
  text: String,
  code: String,
  count: (value) => fixed(value, 0),
  bytes,
  seconds,
  bits: (value) => fixed(value, 1) + " bits",
  decibel: (value) => fixed(value, 1) + " dB",
  score: (value) => fixed(value, 5),
  percent: (value) => fixed(value, 1) + " %",
};

function written(value, unit) {
  if (value === "") return "\u2013";
  return typeof value === "number" ? WRITE[unit](value) : value;
}

function section(id, title, ...content) {
  const heading = id + "-title";
  document.getElementById("contents").append(element("a", { href: "#" + id }, title));
  const node = element("section", { id, "aria-labelledby": heading }, element("h2", { id: heading }, title), ...content);
  document.getElementById("page").append(node);
}

function facts(list) {
  return element("dl", { class: "facts" }, ...list.map((fact) => element("div", {},
    element("dt", {}, fact.label),
    element("dd", { class: fact.unit === "code" ? "value code" : "value" }, written(fact.value, fact.unit)),
    element("dd", { class: "note" }, fact.note))));
}

function definitions(pairs) {
  return element("dl", { class: "terms" }, ...pairs.flatMap(([term, meaning]) => [element("dt", {}, term), element("dd", {}, meaning)]));
}

// Module names differ at their ends, other texts at their beginnings.
function shortened(text, length) {
  if (text.length <= length) return text;
  return text.includes(".") && !text.includes(" ") ? "\u2026" + text.slice(1 - length) : text.slice(0, length - 1) + "\u2026";
}

// ---- the drawing

function graph() {
  const data = page.graph;
  const svg = drawn("svg", { width: data.width, height: data.height, viewBox: `0 0 ${data.width} ${data.height}`, role: "group", "aria-label": "What feeds what" });
  svg.append(drawn("defs", {}, drawn("marker", { id: "tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" },
    drawn("path", { d: "M0 0L8 4L0 8z", class: "arrow" }))));
  for (const edge of data.edges) {
    const line = drawn("path", { d: edge.path, class: "edge", "marker-end": "url(#tip)" });
    mark(data.nodes[edge.from].layer, line);
    mark(data.nodes[edge.to].layer, line);
    svg.append(line);
  }
  const largest = Math.max(...data.nodes.map((node) => node.share));
  const nodes = data.nodes.map((node) => box(node, largest));
  svg.append(...nodes);
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = nodes.indexOf(event.target);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    let next = at + step;
    while (nodes[next] && data.nodes[next].layer === 0) next += step;
    if (!nodes[next]) return;
    select(data.nodes[next].layer);
    nodes[next].focus({ preventScroll: true });
  });
  const legend = element("ul", { class: "legend" },
    ...Object.entries(TONES).filter(([tone]) => data.nodes.some((node) => node.tone === tone))
      .map(([tone, words]) => element("li", {}, element("i", { class: "key-" + tone }), words)));
  if (data.nodes.some((node) => node.share > 0)) {
    legend.append(element("li", {}, element("i", { class: "key-cost" }), "proving time, against the largest"));
  }
  const details = element("div", { id: "details", "aria-live": "polite" });
  section("graph", "The network",
    element("p", { class: "note" }, "From input (top) to output (bottom). Click a box, or move with the arrow keys, to see that " + page.noun + " everywhere."),
    element("div", { class: "drawing" }, element("div", { class: "graph", id: "drawing" }, svg), details), legend);
}

function box(node, largest) {
  const label = node.title + (node.subtitle ? ", " + node.subtitle : "");
  const group = drawn("g", { class: "node " + node.tone, transform: `translate(${node.x} ${node.y})`, "data-layer": node.layer },
    drawn("title", {}, label),
    drawn("rect", { class: "box", width: NODE.width, height: NODE.height, rx: 6 }),
    drawn("rect", { class: "stripe", width: 5, height: NODE.height, rx: 2 }),
    drawn("rect", { class: "cost", x: 6, y: NODE.height - 5, width: Math.round((NODE.width - 8) * node.share / (largest || 1)), height: 4 }),
    drawn("text", { class: "title", x: 13, y: 18 }, shortened(node.title, 24)),
    drawn("text", { class: "subtitle", x: 13, y: 34 }, shortened(node.subtitle, 28)));
  if (node.layer === 0) return group;
  filled(group, { role: "button", tabindex: -1, "aria-label": page.noun + " " + node.layer + ": " + label, "aria-pressed": "false",
    click: () => select(node.layer),
    keydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      select(node.layer);
    } }, []);
  mark(node.layer, group);
  return group;
}

function showDetails(layer) {
  const details = document.getElementById("details");
  if (!details) return;
  const data = page.layers[layer - 1];
  const content = [
    element("p", { class: "kind" }, `${page.noun} ${layer} of ${page.layers.length}` + (data.operation === data.title ? "" : ": " + data.operation)),
    element("h3", {}, data.title + (data.context ? " " + data.context : "")),
  ];
  if (data.source) {
    const line = element("code", { class: "line", id: "source-line" }, data.source);
    if (data.sourceText) line.append("  " + data.sourceText);
    content.push(line);
  }
  content.push(...data.notes.map((note) => element("p", { class: "note" }, note)));
  content.push(element("dl", {}, ...data.facts.flatMap((fact) => [
    element("dt", { title: fact.note }, fact.label), element("dd", {}, written(fact.value, fact.unit))])));
  const previous = element("button", { type: "button", click: () => select(layer - 1) }, "previous");
  const next = element("button", { type: "button", click: () => select(layer + 1) }, "next");
  previous.disabled = layer === 1;
  next.disabled = layer === page.layers.length;
  content.push(element("div", { class: "steps" }, previous, next));
  details.replaceChildren(...content);
}

// ---- levels

function levels() {
  const columns = page.levels.map((level, index) => {
    const lines = level.lines.map((line) => {
      const node = element("div", { class: line.layers.length ? "line-of" : "line-of plain", role: "option", "aria-selected": "false", title: line.text },
        element("span", { class: "number" }, line.layers.length ? String(line.layers[0]) : ""),
        element("span", { class: "text" }, line.text));
      line.layers.forEach((layer) => mark(layer, node));
      if (line.layers.length) node.addEventListener("click", () => select(line.layers.includes(selected) ? selected : line.layers[0]));
      return node;
    });
    const list = element("div", { class: "lines", role: "listbox", tabindex: 0, "aria-label": level.name }, ...lines);
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      let at = step > 0 ? level.lines.findLastIndex((line) => line.layers.includes(selected)) : level.lines.findIndex((line) => line.layers.includes(selected));
      for (at += step; level.lines[at]; at += step) {
        if (level.lines[at].layers.length && !level.lines[at].layers.includes(selected)) {
          select(level.lines[at].layers[0]);
          return;
        }
      }
    });
    return element("div", { class: "level", "data-level": level.name },
      element("h3", {}, `${index + 1}. ${level.name}`), element("p", { class: "note" }, level.note), list);
  });
  section("levels", page.levels.length > 1 ? "The same network at every step" : "The listing",
    element("p", { class: "note" }, `The number before a line is that of its ${page.noun}. Lines of the selected ${page.noun} are marked and shown in full.`),
    element("div", { class: "levels" }, ...columns));
}

// ---- tables

function table(data) {
  // What belongs to no layer would dwarf the layers.
  const compared = data.rows.filter((row) => row.layer > 0 || !data.rows.some((each) => each.layer > 0));
  const largest = data.columns.map((column, c) => column.bars ? Math.max(0, ...compared.map((row) => typeof row.cells[c] === "number" ? row.cells[c] : 0)) : 0);
  const figure = data.columns.map((column) => column.unit !== "text" && column.unit !== "code");
  const rows = data.rows.map((row) => {
    const node = element("tr", {}, ...row.cells.map((value, c) => cell(row, value, data.columns[c], largest[c], c)));
    mark(row.layer, node);
    return node;
  });
  const body = element("tbody", {}, ...rows);
  const headings = data.columns.map((column, c) => element("th", { scope: "col", class: figure[c] ? "figure" : "", title: column.note },
    figure[c] && rows.length > 2 ? element("button", { type: "button", click: () => sort(c) }, column.label) : column.label));
  // By size, falling; again for the order of the model.
  const sort = (c) => {
    const falling = headings[c].getAttribute("aria-sort") !== "descending";
    headings.forEach((heading) => heading.removeAttribute("aria-sort"));
    const order = data.rows.map((row, index) => index);
    const key = (index) => typeof data.rows[index].cells[c] === "number" ? data.rows[index].cells[c] : -Infinity;
    if (falling) {
      headings[c].setAttribute("aria-sort", "descending");
      order.sort((a, b) => key(a) === key(b) ? a - b : key(b) > key(a) ? 1 : -1);
    }
    body.append(...order.map((index) => rows[index]));
  };
  const node = element("table", { "aria-labelledby": data.id + "-title" }, element("thead", {}, element("tr", {}, ...headings)), body);
  if (data.total.length) {
    node.append(element("tfoot", {}, element("tr", {}, ...data.total.map((value, c) =>
      element("td", { class: figure[c] ? "figure" : "", "data-value": value }, value === "" ? "" : written(value, data.columns[c].unit))))));
  }
  const content = [element("p", { class: "note" }, data.note), element("div", { class: rows.length > 24 ? "scroll long" : "scroll", tabindex: 0, role: "region", "aria-labelledby": data.id + "-title" }, node)];
  const noted = data.columns.filter((column) => column.note);
  if (noted.length) {
    content.push(element("details", {}, element("summary", {}, "What the columns mean"), definitions(noted.map((column) => [column.label, column.note]))));
  }
  section(data.id, data.title, ...content);
}

function cell(row, value, column, largest, index) {
  const isFigure = column.unit !== "text" && column.unit !== "code";
  const node = element("td", { class: isFigure ? (value === 0 ? "figure zero" : "figure") : column.unit === "code" ? "code" : typeof value === "string" && value.length > 40 ? "wide" : "", "data-value": value });
  if (index === 0 && row.layer) {
    node.append(element("button", { type: "button", click: () => select(row.layer) }, element("span", { class: "number" }, String(row.layer)), " ", value));
    const context = page.layers[row.layer - 1].context;
    if (context) node.append(element("span", { class: "context" }, " " + context));
    return node;
  }
  node.append(written(value, column.unit));
  if (column.bars && typeof value === "number" && value <= largest && largest > 0) {
    const bar = element("span", { class: "bar" });
    bar.style.width = Math.max(0, Math.round(1000 * value / largest) / 10) + "%";
    node.append(bar);
  }
  return node;
}

// ---- selection

function select(layer) {
  setMarks(selected, false);
  selected = layer;
  setMarks(layer, true);
  showDetails(layer);
  reveal();
}

function setMarks(layer, on) {
  for (const node of marks.get(layer) ?? []) {
    node.classList.toggle("selected", on);
    if (node.hasAttribute("aria-selected")) node.setAttribute("aria-selected", on);
    if (node.hasAttribute("aria-pressed")) {
      node.setAttribute("aria-pressed", on);
      node.setAttribute("tabindex", on ? 0 : -1);
    }
  }
}

// Scrolls each list to its first marked line, and the drawing to the node; the page itself stays where it is.
function reveal() {
  for (const list of document.querySelectorAll(".lines, .scroll")) {
    const first = list.querySelector(".selected");
    if (first) center(list, first.offsetTop, first.offsetHeight);
  }
  const drawing = document.getElementById("drawing");
  const node = page.graph.nodes.find((each) => each.layer === selected);
  if (drawing && node) {
    center(drawing, node.y, NODE.height);
    if (node.x < drawing.scrollLeft || node.x + NODE.width > drawing.scrollLeft + drawing.clientWidth) drawing.scrollLeft = node.x - 10;
  }
}

function center(container, top, height) {
  if (top < container.scrollTop + 30 || top + height > container.scrollTop + container.clientHeight - 30) {
    container.scrollTop = top - (container.clientHeight - height) / 2;
  }
}

// ---- the page

document.getElementById("top").append(element("p", { class: "kind" }, page.kind), element("h1", {}, page.title),
  ...page.introduction.map((paragraph, index) => element("p", { class: index === 0 ? "lead" : "" }, paragraph)), facts(page.facts));
if (page.graph.nodes.length) graph();
if (page.levels.length) levels();
page.tables.forEach(table);
section("glossary", "Words used here", definitions(page.glossary.map((entry) => [entry.term, entry.meaning])));
if (page.layers.length) {
  select(1);
}
