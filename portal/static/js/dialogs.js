// Opens dialogs modally (without JavaScript they are popovers), and keeps popovers beside their button.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  else if (event.target instanceof HTMLDialogElement && event.target.open) closeOnBackdrop(event);
});

function closeOnBackdrop(event) {
  const box = event.target.getBoundingClientRect();
  const inside =
    event.clientX >= box.left && event.clientX <= box.right &&
    event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) event.target.close();
}

document.addEventListener("toggle", (event) => {
  const panel = event.target;
  if (event.newState !== "open" || !panel.matches?.(".menu__list, .help__text")) return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(panel.id)}"]`);
  const anchor = button.getBoundingClientRect();
  const room = 8;
  panel.style.position = "fixed";
  const left = Math.min(anchor.left, window.innerWidth - panel.offsetWidth - room);
  const below = anchor.bottom + 4;
  const fits = below + panel.offsetHeight + room <= window.innerHeight;
  panel.style.left = `${Math.max(room, left)}px`;
  panel.style.top = `${fits ? below : Math.max(room, anchor.top - panel.offsetHeight - 4)}px`;
}, true);

window.addEventListener("scroll", () => {
  document.querySelectorAll(".menu__list:popover-open, .help__text:popover-open")
    .forEach((panel) => panel.hidePopover());
}, { passive: true });
