/* What a shop's pages tell its affiliate programme once the visitor agreed. Until then it keeps
   variables, no cookie, no storage, and calls nobody; a no erases. Whatever fails in here, the page
   goes on. It is served without comments and indentation: docs/guide/connect-a-shop.md */
((w, d, l) => {
  const early = w.ap;
  if (early?.consent) return;
  const tag = d.currentScript;
  const home = new URL(tag.src).origin;
  const isProxied = home === l.origin;
  const safely = (task) => (...values) => {
    try {
      return task(...values);
    } catch (error) {}
  };
  const on = (target, type, task) => target.addEventListener(type, safely(task));
  const read = safely((area, name) => w[area].getItem(name));
  const write = safely((area, name, value) =>
    w[area][value ? "setItem" : "removeItem"](name, value),
  );
  const hostOf = (url) => (url ? new URL(url).hostname : "");
  const choice = () => /(?:^|; )ap_consent=([01])/.exec(d.cookie)?.[1];

  let agreed = choice() && choice() === "1"; // Undefined: nobody said.
  let hasLanded, wasVisible, wasFocused, timer;
  let pending = [];
  let line = Promise.resolve();

  /* Our parameters leave the address bar, but afsrc stays: extensions stand down by it. */
  const found = {};
  const search = l.search.replace(/([?&])(ap_c|ap_ref|afsrc)=([^&]*)/g, (all, sign, name, value) => {
    found[name] = value;
    return name === "afsrc" ? all : sign === "?" ? sign : "";
  });
  let { ap_c: capsule, ap_ref: ref } = found;
  if (search !== l.search) {
    const rest = search.replace("?&", "?").replace(/\?$/, "");
    history.replaceState(history.state, "", l.pathname + rest + l.hash);
  }
  const isLanding = capsule || ref || found.afsrc;
  ref = isProxied ? undefined : ref || (agreed && read("localStorage", "ap_ref")) || undefined;

  function tell(kind, fields) {
    if (agreed === false || pending.length > 39) return;
    pending.push({ kind, ago: Date.now(), ...fields });
    if (agreed) timer ||= setTimeout(flush, 1000);
  }

  function look() {
    wasVisible ||= !d.hidden;
    wasFocused ||= d.hasFocus();
  }

  /* What the page sees of how somebody arrived: in its first second, and when it is left. */
  function land(leaving) {
    if (!isLanding || (hasLanded && !leaving)) return;
    hasLanded = true;
    look();
    const load = performance.getEntriesByType("navigation")[0];
    tell("landing", {
      path: l.pathname,
      redirects: load?.redirectCount,
      entry: load?.type,
      referrer: hostOf(d.referrer),
      visible: wasVisible,
      focused: wasFocused,
      framed: w !== w.top,
      prerendered: load?.activationStart > 0,
      history: history.length,
      leaving,
    });
  }

  function send(call, leaving) {
    const body = JSON.stringify({ ...call, ref: isProxied ? undefined : ref });
    if (leaving) return navigator.sendBeacon(home + "/j", body);
    line = line
      .then(() => fetch(home + "/j", { method: "POST", body, keepalive: true }))
      .then((answer) => answer.json())
      .then((said) => agreed && keep(said.ref))
      .catch(() => {}); // An empty answer, none at all, or a cart that failed.
  }

  function flush(leaving, always) {
    timer = clearTimeout(timer);
    if (choice() === "0") agreed = false; // Said in another tab.
    if (!agreed || !(always || pending.length)) return;
    const events = pending.splice(0, 15);
    events.forEach((event) => (event.ago = Date.now() - event.ago));
    send({ consent: true, capsule, events }, leaving);
    capsule = undefined;
    flush(leaving);
  }

  /* Into the order: form field, cart attribute, or what the shop makes of ap:ref. */
  function keep(value) {
    ref = value;
    if (!isProxied) write("localStorage", "ap_ref", ref);
    d.querySelectorAll("form.checkout, #checkout form, form[data-ap=order]").forEach((form) => {
      const field = form.querySelector("[name=ap_ref]") || d.createElement("input");
      Object.assign(field, { type: "hidden", name: "ap_ref", value });
      form.append(field);
    });
    d.dispatchEvent(new CustomEvent("ap:ref", { detail: value }));
    return w.Shopify && shopify();
  }

  async function shopify() {
    const cart = await (await fetch("/cart.js")).json();
    if (ref) watch(cart.item_count, cart.total_price);
    if ((cart.attributes.ap_ref || "") === ref) return;
    await fetch("/cart/update.js", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ attributes: { ap_ref: ref } }),
    });
  }

  function basket(items, value_minor) {
    tell("basket_changed", { items, value_minor });
  }

  /* Tells a basket that changed since the page before: ap_s holds what was in it, - for unknown. */
  function watch(items, value) {
    const now = items + ":" + value;
    const before = read("sessionStorage", "ap_s");
    if (before !== "-" && before !== now) basket(items, value);
    write("sessionStorage", "ap_s", now);
  }

  function checkout(leaving) {
    tell("checkout_opened", { path: l.pathname });
    flush(leaving);
  }

  /* On every page of a visitor who agreed, and when somebody agrees (isNew). */
  function begin(isNew) {
    if (!read("sessionStorage", "ap_s")) {
      write("sessionStorage", "ap_s", "-");
      const referrer = hostOf(d.referrer);
      const medium = /[?&]utm_medium=([\w-]{1,40})/.exec(search)?.[1];
      if (referrer !== l.hostname) {
        tell("session_started", { referrer, medium, affiliate: !!isLanding });
      }
    }
    const shown = d.querySelector("[data-ap-items]");
    if (shown) watch(+shown.dataset.apItems, +shown.dataset.apValue || undefined);
    if (!isNew) return;
    land();
    flush(false, true);
  }

  /* A no that nobody said aloud (isQuiet) is remembered only when it takes back a yes. */
  function consent(yes, isQuiet) {
    const had = agreed || choice() === "1";
    if (yes !== !!yes || (yes === agreed && choice() == +yes)) return;
    agreed = yes;
    if (yes || had || !isQuiet) {
      const secure = l.protocol === "https:" ? "; Secure" : "";
      d.cookie = `ap_consent=${+yes}; Path=/; Max-Age=15552000; SameSite=Lax${secure}`;
    }
    if (yes) return begin(true);
    pending = [];
    capsule = undefined;
    if (!had) return;
    send({ consent: false });
    write("sessionStorage", "ap_s");
    keep("");
  }

  const ap = (w.ap = {
    consent: safely((yes) => consent(yes)),
    page: safely(() => tell("page_view", { path: l.pathname })),
    basket: safely(basket),
    checkout: safely(() => checkout()),
    ref: () => {
      if (agreed && !ref) flush(false, true);
      return line.then(() => (agreed && ref) || null);
    },
    push: safely((call) => ap[call[0]](...call.slice(1))),
  });

  const start = safely(() => {
    ap.page();
    if (d.querySelector("[data-ap=checkout], form.checkout, body#checkout")) checkout();
    if (agreed) begin(capsule);
    setTimeout(safely(land), 900);
    on(d, "click", (event) => {
      if (event.target.closest('[name=checkout], a[href$="/checkout"]')) checkout(true);
    });
    on(d, "visibilitychange", () => {
      look();
      flush(d.hidden);
    });
    on(w, "focus", look);
    on(w, "pagehide", () => {
      land(true);
      flush(true);
    });
    /* TCF, or else Google's Consent Mode, where only an update is somebody's answer. */
    const layer = w.dataLayer;
    if (w.__tcfapi) {
      w.__tcfapi("addEventListener", 2, safely((said) => {
        if (said.gdprApplies === false || !/loaded|complete/.test(said.eventStatus)) return;
        const { vendor } = tag.dataset;
        consent(!!(said.purpose.consents[1] && (!vendor || said.vendor.consents[vendor])));
      }));
    } else if (layer) {
      const push = layer.push;
      const listen = safely(([command, action, said]) => {
        if (command !== "consent" || action !== "update" || !said.ad_storage) return;
        consent(said.ad_storage === "granted", true);
      });
      layer.forEach(listen);
      layer.push = (...all) => {
        all.forEach(listen);
        return push.apply(layer, all);
      };
    }
    if (Array.isArray(early)) early.forEach(ap.push);
  });
  if (d.prerendering) on(d, "prerenderingchange", start);
  else if (d.readyState === "loading") on(d, "DOMContentLoaded", start);
  else start();
})(window, document, location);
