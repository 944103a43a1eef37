// Counts selected rows, ticks them all, and hides the bar while there is nothing to act on.
function refresh(table) {
  const boxes = [...table.querySelectorAll("input[name=selected]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = table.querySelector("[data-select-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const bar = document.querySelector(`[data-bulk-bar="${CSS.escape(table.dataset.select)}"]`);
  if (!bar) return;
  bar.dataset.empty = String(ticked === 0);
  bar.querySelector("[data-bulk-count]").textContent = String(ticked);
}

function refreshAll(root) {
  root.querySelectorAll("table[data-select]").forEach(refresh);
}

document.addEventListener("change", (event) => {
  const table = event.target.closest("table[data-select]");
  if (!table) return;
  if (event.target.matches("[data-select-all]")) {
    table.querySelectorAll("input[name=selected]").forEach((box) => {
      box.checked = event.target.checked;
    });
  }
  refresh(table);
});
document.addEventListener("htmx:afterSwap", (event) => refreshAll(event.target));
window.addEventListener("pageshow", () => refreshAll(document));
