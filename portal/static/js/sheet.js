// Opens the address of a [data-sheet] link in the sheet; without JavaScript it is a page of its own.
const sheet = document.getElementById("sheet");
const body = document.getElementById("sheet-body");

function isPlainClick(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-sheet]");
  if (!link || !isPlainClick(event) || !window.htmx) return;
  event.preventDefault();
  sheet.querySelector("[data-sheet-page]").href = link.href;
  body.setAttribute("aria-busy", "true");
  try {
    await window.htmx.ajax("GET", link.href, {
      source: link, target: body, select: "[data-sheet-content]", swap: "innerHTML",
    });
  } finally {
    body.removeAttribute("aria-busy");
  }
  const heading = body.querySelector("h1");
  if (!heading) {
    window.location.assign(link.href);
    return;
  }
  sheet.setAttribute("aria-label", heading.textContent.trim());
  if (!sheet.open) sheet.showModal();
  sheet.scrollTop = 0;
});

sheet?.addEventListener("close", () => body.replaceChildren());
