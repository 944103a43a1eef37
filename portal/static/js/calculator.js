// Recomputes the earnings calculator while its numbers change. Without this file it is a GET form.
const BPS = 10_000;

// Half away from zero, as the server rounds (core/money.py); nothing here is negative.
const ratio = (numerator, denominator) =>
  Math.floor((2 * numerator + denominator) / (2 * denominator));

function estimate(offer, { visits, conversionBps, basketMinor, lowerBps }) {
  const orders = ratio(visits * conversionBps, BPS);
  const cost = offer.orderCostMinor + ratio(basketMinor * offer.orderCostBps, BPS);
  const referenceCost = ratio(basketMinor * (BPS - lowerBps), BPS);
  const margin = Math.max(0, basketMinor - referenceCost - cost);
  const perOrder = ratio(margin * offer.rateBps, BPS);
  return { orders, perOrder, monthly: perOrder * orders };
}

function slider(input, changed) {
  const range = document.createElement("input");
  range.type = "range";
  range.min = "0";
  range.max = input.dataset.sliderMax;
  range.step = input.step;
  range.value = input.value;
  range.setAttribute("aria-label", input.labels[0].textContent.trim());
  range.addEventListener("input", () => {
    input.value = range.value;
    changed();
  });
  input.addEventListener("input", () => {
    range.value = input.value;
  });
  (input.closest(".affix") ?? input).after(range);
}

function start(form) {
  const { rateBps, orderCostMinor, orderCostBps, currency } = form.dataset;
  const offer = {
    rateBps: Number(rateBps),
    orderCostMinor: Number(orderCostMinor),
    orderCostBps: Number(orderCostBps),
  };
  const locale = document.documentElement.lang === "fr" ? "fr-FR" : "en-GB";
  const money = new Intl.NumberFormat(locale, { style: "currency", currency });
  const count = new Intl.NumberFormat(locale);
  const digits = money.resolvedOptions().maximumFractionDigits;
  const major = (minor) => money.format(minor / 10 ** digits);

  const show = () => {
    const fields = form.elements;
    const numbers = {
      visits: Math.round(fields.visits.valueAsNumber),
      conversionBps: Math.round(fields.conversion.valueAsNumber * 100),
      basketMinor: Math.round(fields.basket.valueAsNumber * 10 ** digits),
      lowerBps: Number(fields.band.value),
    };
    const known = Object.values(numbers).every((number) => Number.isFinite(number) && number >= 0);
    const result = known ? estimate(offer, numbers) : null;
    form.querySelector("[data-monthly]").textContent = result ? major(result.monthly) : "–";
    form.querySelector("[data-per-order]").textContent = result ? major(result.perOrder) : "–";
    form.querySelector("[data-orders]").textContent = result ? count.format(result.orders) : "–";
  };

  for (const input of form.querySelectorAll("[data-slider-max]")) slider(input, show);
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  form.dataset.live = "";
}

for (const form of document.querySelectorAll("[data-calculator]")) start(form);
