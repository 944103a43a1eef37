// Copies the value of a copy field, and says so to eyes and ears.
async function copyText(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    input.focus();
    input.select();
    return document.execCommand("copy");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest(".copy__button");
  if (!button) return;
  const field = button.closest("[data-copy]");
  const done = await copyText(field.querySelector(".copy__value"));
  const live = field.querySelector("[role=status]");
  live.textContent = done ? button.dataset.copied : button.dataset.failed;
  if (!done) return;
  button.focus();
  field.dataset.state = "copied";
  setTimeout(() => {
    delete field.dataset.state;
    live.textContent = "";
  }, 2500);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches(".copy__value")) event.target.select();
});
