// Draws the charts of [data-plot] with uPlot over the grid and the labels that the server drew: a
// cursor for the pointer and the arrow keys, the values as text beside it. The numbers are those of
// the table below the chart; without JavaScript the server's own lines and bars stay.
const from = document.querySelector("script[data-uplot]")?.dataset.uplot;
const forced = matchMedia("(forced-colors: active)");
const drawn = new Set();
let library;

const number = (text) => (text === undefined ? null : Number(text));

function read(figure) {
  const rows = [...figure.querySelectorAll(".chart__table tbody tr")];
  return rows.map((row) => ({
    label: row.cells[0].textContent,
    texts: [...row.cells].slice(1).map((cell) => cell.textContent),
    value: number(row.dataset.value),
    compare: number(row.dataset.compare),
  }));
}

// The browser has resolved the theme's colours for the server's own shapes: they are asked.
function color(body, shape, property) {
  const found = body.querySelector(shape);
  return found ? getComputedStyle(found)[property] : "transparent";
}

function series(uPlot, body, rows) {
  const last = rows.length - 1;
  const isOpen = "open" in body.dataset;
  const xs = rows.map((_row, index) => index);
  const compare = {
    values: rows.map((row) => (isOpen && row === rows[last] ? null : row.compare)),
    stroke: () => color(body, ".chart__line--compare", "stroke"),
    width: 1.5, dash: [4, 4], points: { show: false },
  };
  if (body.dataset.plot === "bars") {
    const bars = uPlot.paths.bars({ size: [0.7, Infinity], radius: 0.04 });
    const closed = rows.map((row, index) => (isOpen && index === last ? null : row.value));
    const open = rows.map((row, index) => (isOpen && index === last ? row.value : null));
    const fill = () => color(body, ".chart__bar:not(.chart__bar--open)", "fill");
    return [xs, { values: closed, fill, paths: bars, points: { show: false } },
      { values: open, stroke: () => color(body, ".chart__bar--open", "stroke"), width: 1,
        fill: () => color(body, ".chart__bar--open", "fill"), paths: bars,
        points: { show: false } }];
  }
  const stroke = () => color(body, ".chart__line:not(.chart__line--compare)", "stroke");
  return [xs,
    { ...compare },
    { values: rows.map((row, index) => (isOpen && index === last ? null : row.value)), stroke,
      width: 2, fill: () => color(body, ".chart__area", "fill"), points: { show: rows.length === 1 } },
    { values: rows.map((row, index) => (isOpen && index >= last - 1 ? row.value : null)), stroke,
      width: 1.5, dash: [2, 4], points: { show: false } }];
}

function show(tip, rows, heads, index, left, width) {
  tip.replaceChildren();
  const title = document.createElement("strong");
  title.textContent = rows[index].label;
  tip.append(title);
  rows[index].texts.forEach((text, column) => {
    const line = document.createElement("span");
    const value = document.createElement("b");
    value.textContent = text;
    line.append(heads[column] ?? "", value);
    if (column) line.className = "muted";
    tip.append(line);
  });
  tip.hidden = false;
  const beside = left > width / 2 ? left - tip.offsetWidth - 12 : left + 12;
  tip.style.insetInlineStart = `${Math.max(0, Math.min(beside, width - tip.offsetWidth))}px`;
}

function keys(plot, rows, isAt) {
  const to = (index) => {
    const at = Math.max(0, Math.min(rows.length - 1, index));
    plot.setCursor({ left: plot.valToPos(at, "x"), top: plot.valToPos(rows[at].value, "y") });
  };
  plot.root.parentElement.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") plot.setCursor({ left: -10, top: -10 });
    else if (event.key === "Home") to(0);
    else if (event.key === "End") to(rows.length - 1);
    else if (step) to((isAt() ?? (step > 0 ? -1 : rows.length)) + step);
    else return;
    event.preventDefault();
  });
}

function draw(uPlot, body) {
  const figure = body.closest(".chart");
  const stage = body.querySelector(".chart__stage");
  const rows = read(figure);
  if (!rows.length || !stage.clientWidth) return;
  const heads = [...figure.querySelectorAll(".chart__table thead th")].slice(1)
    .map((head) => head.textContent);
  const [xs, ...lines] = series(uPlot, body, rows);
  const host = document.createElement("div");
  const tip = document.createElement("div");
  host.className = "chart__live";
  tip.className = "chart__tip";
  tip.hidden = true;
  tip.setAttribute("aria-live", "polite");
  host.tabIndex = 0;
  host.setAttribute("role", "group");
  host.setAttribute("aria-label",
    `${figure.querySelector("figcaption").textContent}. ${body.dataset.hint}`);
  host.append(tip);
  stage.append(host);
  let at = null;
  const size = () => ({ width: stage.clientWidth, height: 180 });
  const plot = new uPlot({
    ...size(), padding: [0, 0, 0, 0], legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false, range: [-0.5, rows.length - 0.5] },
      y: { range: [Number(body.dataset.low), Number(body.dataset.high)] } },
    series: [{}, ...lines.map(({ values: _values, ...options }) => options)],
    cursor: { y: false, drag: { x: false, y: false },
      sync: { key: `${rows.length} from ${rows[0].label}`, scales: ["x", null] } },
    hooks: { setCursor: [(one) => {
      const index = one.cursor.left >= 0 ? one.cursor.idx : null;
      at = index ?? null;
      if (at === null) tip.hidden = true;
      else show(tip, rows, heads, at, one.valToPos(at, "x"), one.width);
    }] },
  }, [xs, ...lines.map((line) => line.values)], host);
  body.classList.add("chart__body--live");
  host.addEventListener("blur", () => plot.setCursor({ left: -10, top: -10 }));
  keys(plot, rows, () => at);
  new ResizeObserver(() => {
    if (!stage.isConnected) drawn.delete(plot);
    else if (stage.clientWidth && stage.clientWidth !== plot.width) plot.setSize(size());
  }).observe(stage);
  drawn.add(plot);
}

async function drawAll() {
  const bodies = [...document.querySelectorAll("[data-plot]:not(.chart__body--live)")];
  if (!from || forced.matches || !bodies.length) return;
  library ??= import(from);
  const { default: uPlot } = await library;
  for (const body of bodies) {
    if (!body.matches(".chart__body--live")) draw(uPlot, body);
  }
}

const redraw = () => drawn.forEach((plot) => plot.redraw(true));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
// The sheet and htmx bring charts later.
new MutationObserver(drawAll).observe(document.body, { childList: true, subtree: true });
drawAll();
