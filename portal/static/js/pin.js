// A click on a photo says where a remark or a product is: as fractions of the whole picture.
const SVG = "http://www.w3.org/2000/svg";

function placeOf(frame, event) {
  const box = frame.getBoundingClientRect();
  const [left, top, width, height] = frame.dataset.crop.split(" ").map(Number);
  const across = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  const down = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
  return { across, down, x: left + across * width, y: top + down * height };
}

function mark(frame, place) {
  document.querySelectorAll(".pin--new").forEach((one) => one.remove());
  const drawing = frame.querySelector("svg");
  const { width, height } = drawing.viewBox.baseVal;
  const circle = document.createElementNS(SVG, "circle");
  circle.setAttribute("class", "pin--new");
  circle.setAttribute("cx", String(place.across * width));
  circle.setAttribute("cy", String(place.down * height));
  circle.setAttribute("r", String(Math.max(12, width / 36)));
  drawing.append(circle);
}

function fill(form, frame, place) {
  form.elements.x.value = place.x.toFixed(4);
  form.elements.y.value = place.y.toFixed(4);
  if (form.elements.image) form.elements.image.value = frame.dataset.pinPhoto;
  const about = form.elements.about;
  if (about && !about.value.startsWith("slot:")) about.value = `image:${frame.dataset.pinPhoto}`;
}

document.addEventListener("click", (event) => {
  const frame = event.target.closest("[data-pin-photo]");
  if (!frame) return;
  const place = placeOf(frame, event);
  const forms = [...document.querySelectorAll("[data-pin-form]")];
  mark(frame, place);
  forms.forEach((form) => fill(form, frame, place));
  forms[0]?.querySelector("textarea, input:not([type=hidden])")?.focus({ preventScroll: true });
});
