// Keeps [data-live] up to date: htmx asks every two seconds, and only what is new is put in, so that
// the focus and a selected text stay where they are. Without JavaScript there is a link to reload.
const MOST = 200;
const lives = [...document.querySelectorAll("[data-live]")];

function show(live, state) {
  live.dataset.state = state;
  const text = live.querySelector("[data-live-state]");
  if (text.textContent !== text.dataset[state]) text.textContent = text.dataset[state];
}

function isPaused(live) {
  return live.dataset.state === "paused";
}

function replaceParts(live, page) {
  for (const fresh of page.querySelectorAll("[data-live-part]")) {
    const old = live.querySelector(`[data-live-part="${fresh.dataset.livePart}"]`);
    if (old && old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
  }
}

function announce(live, number) {
  const news = live.querySelector("[data-live-news]");
  if (!number || !news) return;
  news.textContent = number === 1 ? news.dataset.one : news.dataset.many.replace("{n}", number);
}

function addNew(live, page) {
  const list = live.querySelector("[data-live-list]");
  const found = [...page.querySelectorAll("[data-live-list] > li")];
  let number = 0;
  for (const fresh of found.reverse()) {
    const known = document.getElementById(fresh.id);
    if (known && known.dataset.version === fresh.dataset.version) continue;
    const holdsFocus = known && known.contains(document.activeElement);
    known?.remove();
    fresh.classList.add("is-new");
    list.prepend(fresh);
    if (holdsFocus) fresh.querySelector("a")?.focus();
    number += 1;
  }
  while (list.children.length > MOST && !list.lastElementChild.contains(document.activeElement)) {
    list.lastElementChild.remove();
  }
  announce(live, number);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const live = event.target.closest("[data-live]");
  if (live && (isPaused(live) || document.hidden)) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const live = event.detail.elt?.closest("[data-live]") ?? event.target.closest("[data-live]");
  if (!live) return;
  event.detail.shouldSwap = false;
  if (isPaused(live)) return;
  const page = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  if (event.detail.xhr.status !== 200 || !page.querySelector("[data-live-part]")) {
    show(live, "lost");
    return;
  }
  show(live, "running");
  replaceParts(live, page);
  if (live.dataset.live === "list") addNew(live, page);
});

for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, (event) => {
    const live = event.target.closest("[data-live]");
    if (live && !isPaused(live)) show(live, "lost");
  });
}

for (const live of lives) {
  const button = live.querySelector("[data-live-pause]");
  if (window.htmx) show(live, "running");
  if (!button || !window.htmx) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    show(live, isPaused(live) ? "running" : "paused");
    const label = isPaused(live) ? button.dataset.resume : button.dataset.pause;
    button.querySelector(".button__label").textContent = label;
  });
}
