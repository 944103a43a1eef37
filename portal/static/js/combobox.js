// A search that offers what it finds while one types (ARIA combobox). Without it the form shows a page.
// An option that is a link leads there; another fills the field that data-target names. With
// data-inline the list is part of the page and not over it: it stays, and its first option is marked.
const WAIT_MS = 150;

function start(form) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector("[data-combobox-list]");
  const none = form.querySelector("[data-combobox-none]");
  const status = form.querySelector("[data-combobox-status]");
  const isInline = "inline" in form.dataset;
  let timer = 0;
  let running = null;
  let active = -1;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  list.setAttribute("role", "listbox");

  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const found = options();
    active = (index + found.length) % found.length;
    found.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    found[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", found[active].id);
  };
  const show = (html, words) => {
    close();
    list.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    const number = options().length;
    list.hidden = number === 0;
    if (none) none.hidden = number > 0 || !words;
    input.setAttribute("aria-expanded", String(number > 0));
    status.textContent = number ? `${number} ${status.dataset.some}` : words && status.dataset.none;
    if (number && isInline) mark(0);
  };
  const take = (option) => {
    if (option.href) {
      window.location.assign(option.href);
      return;
    }
    const target = document.getElementById(form.dataset.target);
    target.value = option.dataset.value;
    input.value = option.dataset.label;
    close();
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.focus();
  };
  const search = async () => {
    running?.abort();
    running = new AbortController();
    const words = input.value.trim();
    if (!words) {
      show("", "");
      return;
    }
    try {
      const address = `${form.dataset.combobox}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: running.signal });
      if (answer.ok) show(await answer.text(), words);
    } catch {
      // A newer search has begun, or there is no network: Enter asks the page.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, input.value.trim() ? WAIT_MS : 0);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active < 0 ? -1 : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) take(options()[active]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // Keep the focus.
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && !option.href) take(option); // A link goes where it leads by itself, or to a tab.
  });
  if (!isInline) input.addEventListener("blur", close);
}

function startAll(root) {
  for (const form of root.querySelectorAll("[data-combobox]:not([data-started])")) {
    form.dataset.started = "";
    start(form);
  }
}

startAll(document);
document.addEventListener("htmx:afterSwap", (event) => startAll(event.target));
