// The palette: finds while one types. Without JavaScript its button leads to the page of the search.
const WAIT_MS = 150;
const dialog = document.getElementById("palette");
const form = dialog?.querySelector("[data-palette]");

if (form) {
  const input = form.querySelector("input");
  const list = form.querySelector(".palette__found");
  const none = form.querySelector(".palette__none");
  const status = form.querySelector("[data-palette-status]");
  let timer = 0;
  let running = null;
  let active = -1;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  list.setAttribute("role", "listbox");

  const options = () => [...list.querySelectorAll("[role=option]")];
  const show = (html, words) => {
    list.innerHTML = html;
    const number = options().length;
    active = -1;
    list.hidden = number === 0;
    none.hidden = number > 0 || !words;
    input.setAttribute("aria-expanded", String(number > 0));
    input.removeAttribute("aria-activedescendant");
    status.textContent = number ? `${number} ${status.dataset.some}` : words && status.dataset.none;
    if (number) mark(0);
  };
  const mark = (index) => {
    const found = options();
    if (!found.length) return;
    active = (index + found.length) % found.length;
    found.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    found[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", found[active].id);
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
      const address = `${form.dataset.palette}?q=${encodeURIComponent(words)}`;
      const answer = await fetch(address, { signal: running.signal });
      if (answer.ok) show(await answer.text(), words);
    } catch {
      // A newer search has begun, or there is no network: Enter asks the page.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    const found = options();
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active < 0 ? -1 : active - 1);
    else if (event.key === "Escape") dialog.close(); // At once: a search field only empties itself.
    else if (event.key === "Enter" && found[active]) window.location.assign(found[active].href);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => {
    running?.abort();
    input.value = "";
    show("", "");
  });
  document.addEventListener("keydown", (event) => {
    const asked = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    if (!asked) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog:modal")) dialog.showModal();
  });
}
