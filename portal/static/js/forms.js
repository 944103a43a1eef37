// A form is sent once: the button turns, a second click does nothing. Errors get the focus.
// An answer that is a file leaves the page where it is, so the form opens again by itself.
const GIVE_UP_MS = 8000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  if (form.method === "dialog" || event.defaultPrevented || form.method === "get") return;
  form.dataset.sending = "true";
  event.submitter?.setAttribute("data-busy", "");
  setTimeout(() => release(document), GIVE_UP_MS);
});

function release(root) {
  root.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending);
  root.querySelectorAll("[data-busy]").forEach((button) => button.removeAttribute("data-busy"));
}

function focusErrors(root) {
  root.querySelector("[data-focus-first]")?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
}, true);
document.addEventListener("htmx:afterRequest", () => release(document));
document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));
window.addEventListener("pageshow", (event) => {
  if (event.persisted) release(document);
  focusErrors(document);
});
