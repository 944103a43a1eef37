/* Looks on pages: counts what is seen and tapped, without any id, and fills <apport-looks>.
   Everything works without it. It keeps nothing in the browser and asks its own host only. */
(() => {
  "use strict";
  if (window.apportLooks) return;
  window.apportLooks = true;
  const home = new URL(".", document.currentScript.src);
  const pages = new Map();
  let waiting = 0;

  /* One call for a page and its surface: a second after something was seen, and when it is left. */
  function tell() {
    clearTimeout(waiting);
    waiting = 0;
    for (const [seen, told] of pages) {
      pages.delete(seen);
      fetch(told.to, {
        method: "POST",
        body: JSON.stringify({ surface: seen, views: told.views, taps: told.taps }),
        headers: { "Content-Type": "text/plain" },
        credentials: "omit",
        mode: "no-cors",
        keepalive: true,
      }).catch(() => {});
    }
  }

  function note(place, kind, what) {
    const surface = place.dataset.looks;
    if (!pages.has(surface)) pages.set(surface, { to: place.dataset.seen, views: [], taps: [] });
    pages.get(surface)[kind].push(what);
    if (!waiting) waiting = setTimeout(tell, 1000);
  }

  const placeOf = (node) => node.closest("[data-looks]");
  const lookOf = (node) => Number(node.closest("[data-look]").dataset.look);

  const eyes = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        eyes.unobserve(entry.target);
        note(placeOf(entry.target), "views", lookOf(entry.target));
      }
    },
    { threshold: 0.4 },
  );

  function watch(root) {
    root.querySelectorAll("[data-looks] [data-look]").forEach((look) => eyes.observe(look));
  }

  document.addEventListener("click", (event) => {
    const tapped = event.target.closest?.("[data-tap]");
    if (tapped && placeOf(tapped)) {
      note(placeOf(tapped), "taps", [lookOf(tapped), tapped.dataset.tap || ""]);
    }
  });
  addEventListener("pagehide", tell);

  /* What the server made is put in as it is; pages with Trusted Types name the policy. */
  const policy = window.trustedTypes?.createPolicy("apport-looks", { createHTML: (html) => html });
  const parsed = (html) =>
    new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");

  class ApportLooks extends HTMLElement {
    async connectedCallback() {
      if (this.childElementCount) return;
      const asked = new URL("widget", home);
      for (const name of ["shop", "sku", "lang", "most"]) {
        if (this.hasAttribute(name)) asked.searchParams.set(name, this.getAttribute(name));
      }
      try {
        const answer = await fetch(asked, { credentials: "omit" });
        if (answer.status !== 200) return this.empty();
        const found = parsed(await answer.text());
        found.querySelectorAll("script").forEach((script) => script.remove());
        this.append(...[...found.head.children, ...found.body.children]);
        watch(this);
      } catch {
        this.empty();
      }
    }

    /* The room is given back where nobody sees it move. */
    empty() {
      const box = this.getBoundingClientRect();
      if (box.top > innerHeight || box.bottom < 0) this.dataset.empty = "";
    }
  }

  watch(document);
  customElements.define("apport-looks", ApportLooks);
})();
