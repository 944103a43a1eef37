// The link builder: keys that save, suggestions that fill a field, a new address copied at once.
function fillField(button) {
  const field = document.getElementById(button.dataset.fill);
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

async function copyNow(holder) {
  const value = holder.querySelector(".copy__value").value;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    return; // The browser wants a click: the button beside it does the same.
  }
  const button = holder.querySelector(".copy__button");
  holder.querySelector("[data-copy]").dataset.state = "copied";
  holder.querySelector("[role=status]").textContent = button.dataset.copied;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (button) fillField(button);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-builder]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-save-new]"));
  }
});

document.querySelectorAll("[data-copy-now]").forEach(copyNow);
