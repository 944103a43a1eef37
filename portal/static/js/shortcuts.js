// Shortcuts of single letters, which can be switched off (WCAG 2.1.4). [data-keys="g l"] is clicked
// when these are pressed in turn; what the page has of them stands in the list that "?" shows.
const IN_TURN_MS = 1200;
const palette = document.getElementById("palette");
const help = document.getElementById("shortcuts");
let begun = "";
let begunAt = 0;

function isOff(event) {
  return document.documentElement.dataset.shortcuts === "off" ||
    event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat;
}

function isTyping(target) {
  return target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input:not([type=checkbox]), textarea, select, look-editor") !== null);
}

function rows() {
  return [...document.querySelectorAll(".main .table__row--link")].filter((row) => row.offsetParent);
}

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next.querySelector(".table__link")?.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function tick() {
  const box = document.activeElement?.closest("tr")?.querySelector("input[name=selected]");
  box?.click();
  return Boolean(box);
}

function press(keys, { hidden = true } = {}) {
  const all = [...document.querySelectorAll(`[data-keys="${CSS.escape(keys)}"]`)];
  const shown = all.find((one) => one.offsetParent);
  const target = shown ?? (hidden ? all[0] : undefined); // On a phone the rail is a drawer.
  target?.click();
  return Boolean(target);
}

function act(key) {
  const started = Date.now() - begunAt < IN_TURN_MS ? begun : "";
  begun = "";
  if (started) return press(`${started} ${key}`);
  if (press(key, { hidden: false })) return true; // What stands on the page comes first.
  if (key === "/") palette?.showModal();
  else if (key === "?") help?.showModal();
  else if (key === "j") return step(1);
  else if (key === "k") return step(-1);
  else if (key === "x") return tick();
  else if (key === "g") {
    begun = key;
    begunAt = Date.now();
  } else return press(key);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (isOff(event) || isTyping(event.target) || document.querySelector("dialog:modal")) return;
  if (event.key.length === 1 && act(event.key)) event.preventDefault();
});

const list = help?.querySelector("[data-shortcut-list]");
if (list) {
  const seen = new Set();
  for (const target of document.querySelectorAll("[data-keys]")) {
    if (seen.has(target.dataset.keys)) continue;
    seen.add(target.dataset.keys);
    const line = document.createElement("div");
    const keys = document.createElement("dt");
    for (const key of target.dataset.keys.split(" ")) {
      const drawn = document.createElement("kbd");
      drawn.textContent = key;
      keys.append(drawn, " ");
    }
    const said = document.createElement("dd");
    said.textContent = target.getAttribute("aria-label") ?? target.textContent.trim();
    line.append(keys, said);
    list.append(line);
  }
}
