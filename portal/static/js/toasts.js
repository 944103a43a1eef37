// Toasts leave by themselves, unless someone is reading them.
const LIFE_MS = 8000;
const region = document.getElementById("toasts");

function watch(toast) {
  let timer = setTimeout(() => toast.remove(), LIFE_MS);
  const stay = () => clearTimeout(timer);
  const resume = () => { timer = setTimeout(() => toast.remove(), LIFE_MS); };
  toast.addEventListener("pointerenter", stay);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("pointerleave", resume);
  toast.addEventListener("focusout", resume);
}

if (region) {
  region.querySelectorAll("[data-toast]").forEach(watch);
  region.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
  });
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node instanceof HTMLElement && node.matches("[data-toast]")) watch(node);
    }
  }).observe(region, { childList: true });
}
