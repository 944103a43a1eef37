// A search that offers products while one types (ARIA combobox). Without it the form shows a page.
const WAIT_MS = 200;

function start(form) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector("ul");
  const status = form.querySelector("[data-combobox-status]");
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
  const take = (option) => {
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
      close();
      return;
    }
    try {
      const address = `${form.dataset.combobox}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: running.signal });
      if (!answer.ok) return;
      list.innerHTML = await answer.text();
    } catch {
      return; // A newer search has begun, or there is no network.
    }
    const number = options().length;
    active = -1;
    list.hidden = number === 0;
    input.setAttribute("aria-expanded", String(number > 0));
    status.textContent = number ? `${number} ${status.dataset.some}` : status.dataset.none;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
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
    if (option) take(option);
  });
  input.addEventListener("blur", close);
}

function startAll(root) {
  for (const form of root.querySelectorAll("[data-combobox]:not([data-started])")) {
    form.dataset.started = "";
    start(form);
  }
}

startAll(document);
document.addEventListener("htmx:afterSwap", (event) => startAll(event.target));
