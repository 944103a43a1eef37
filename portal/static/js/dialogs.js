// Opens dialogs modally (without JavaScript they are popovers). Places popovers beside their
// button where CSS anchors cannot.
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

function placeBeside(panel) {
  const anchor = document.querySelector(`[popovertarget="${CSS.escape(panel.id)}"]`)
    .getBoundingClientRect();
  const room = 8;
  const left = Math.min(anchor.left, window.innerWidth - panel.offsetWidth - room);
  const below = anchor.bottom + 4;
  const fits = below + panel.offsetHeight + room <= window.innerHeight;
  const top = fits ? below : Math.max(room, anchor.top - panel.offsetHeight - 4);
  panel.style.margin = "0";
  panel.style.inset = `${top}px auto auto ${Math.max(room, left)}px`;
}

if (!CSS.supports("position-area", "block-end")) {
  document.addEventListener("toggle", (event) => {
    const opened = event.newState === "open" && event.target.matches(".menu__list, .help__text");
    if (opened) placeBeside(event.target);
  }, true);
}
