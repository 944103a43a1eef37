// Points on the photos of a look: set and moved by mouse, touch or keyboard. They are kept as
// fractions of the whole picture; what is drawn is its crop.
const DRAG_PIXELS = 4;
const STEP = 0.01;
const LARGE_STEP = 0.05;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value) => Math.min(1, Math.max(0, value));
const round = (value) => Math.round(value * 10000) / 10000;

class LookStage extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("look-editor");
    this.stage = this.querySelector("[data-stage]");
    this.tabs = this.querySelector("[data-tabs]");
    this.index = 0;
    this.selected = "";
    const { stage } = this;
    stage.addEventListener("pointerdown", (event) => this.#down(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#up(event));
    stage.addEventListener("pointercancel", () => this.#cancel());
    stage.addEventListener("keydown", (event) => this.#key(event));
    stage.addEventListener("click", (event) => this.#tap(event));
    this.tabs.addEventListener("click", (event) => this.#turnTo(event));
    this.editor.addEventListener("look:changed", () => this.draw());
    this.draw();
  }

  get photo() {
    return this.editor.doc.photos[this.index];
  }

  spotOf(key) {
    return this.photo?.spots.find((spot) => spot.slot === key);
  }

  // Where a point is seen in the crop, as fractions of it.
  shown(spot) {
    const [x, y, width, height] = this.photo.crop;
    return { x: (spot.x - x) / width, y: (spot.y - y) / height };
  }

  // Puts the point of a product at fractions of the crop, beside others rather than on them.
  place(key, at, { merge = "" } = {}) {
    const [left, top, width, height] = this.photo.crop;
    const wanted = {
      x: round(left + clamp(at.x) * width),
      y: round(top + clamp(at.y) * height),
    };
    const index = this.index;
    this.editor.change(({ photos }) => {
      const { spots } = photos[index];
      const others = spots.filter((spot) => spot.slot !== key);
      photos[index].spots = [...others, { slot: key, ...this.#apart(wanted, others) }];
    }, { merge });
  }

  remove(key) {
    const index = this.index;
    this.editor.change(({ photos }) => {
      photos[index].spots = photos[index].spots.filter((spot) => spot.slot !== key);
    });
    this.editor.say(this.editor.texts.point_removed);
  }

  say(key) {
    const spot = this.spotOf(key);
    if (!spot) return;
    const at = this.shown(spot);
    const slot = this.editor.doc.slots.find((one) => one.key === key);
    this.editor.say(this.editor.text("position", {
      name: slot.options[0]?.name ?? "",
      x: Math.round(at.x * 100),
      y: Math.round(at.y * 100),
    }));
  }

  draw() {
    const { photos, slots } = this.editor.doc;
    this.index = Math.min(this.index, Math.max(0, photos.length - 1));
    this.hidden = !photos.length;
    document.querySelector("[data-no-stage]").hidden = photos.length > 0;
    if (!photos.length) return;
    const held = document.activeElement?.dataset?.key;
    this.editor.frame(this.stage.querySelector("img"), this.photo);
    this.stage.querySelectorAll(".pin").forEach((pin) => pin.remove());
    slots.forEach((slot, number) => {
      const spot = this.spotOf(slot.key);
      if (spot) this.stage.append(this.#pin(slot, spot, number + 1));
    });
    this.#drawRemarks();
    this.#drawTabs(photos.length);
    if (held) this.stage.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
  }

  #pin(slot, spot, number) {
    const pin = document.createElement("button");
    const at = this.shown(spot);
    pin.type = "button";
    pin.className = "pin";
    pin.dataset.key = slot.key;
    pin.textContent = number;
    pin.hidden = at.x < 0 || at.x > 1 || at.y < 0 || at.y > 1;
    pin.setAttribute("aria-label", this.editor.text("point", {
      number, name: slot.options[0]?.name ?? "",
    }));
    pin.setAttribute("aria-describedby", "look-pin-help");
    pin.setAttribute("aria-pressed", String(this.selected === slot.key));
    this.#put(pin, at);
    return pin;
  }

  #put(pin, at) {
    pin.style.setProperty("--x", at.x);
    pin.style.setProperty("--y", at.y);
  }

  #drawRemarks() {
    for (const remark of this.editor.remarks) {
      if (!remark.is_open || remark.x === null || remark.image !== this.photo.image) continue;
      const mark = document.createElement("a");
      mark.className = "pin pin--remark";
      mark.href = `#remark-${remark.id}`;
      mark.textContent = "!";
      mark.setAttribute("aria-label", this.editor.texts.remark);
      this.#put(mark, this.shown(remark));
      this.stage.append(mark);
    }
  }

  #drawTabs(number) {
    this.tabs.hidden = number < 2;
    const buttons = Array.from({ length: number }, (_one, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "segmented__option";
      button.dataset.index = index;
      button.textContent = this.editor.text("photo", { number: index + 1 });
      button.setAttribute("aria-pressed", String(index === this.index));
      return button;
    });
    this.tabs.replaceChildren(...buttons);
  }

  #turnTo(event) {
    const button = event.target.closest("[data-index]");
    if (!button) return;
    this.index = Number(button.dataset.index);
    this.selected = "";
    this.draw();
    this.tabs.children[this.index].focus();
    this.dispatchEvent(new CustomEvent("look:turned", { bubbles: true }));
  }

  #at(event) {
    const box = this.stage.getBoundingClientRect();
    return {
      x: clamp((event.clientX - box.left) / box.width),
      y: clamp((event.clientY - box.top) / box.height),
    };
  }

  #down(event) {
    const pin = event.target.closest("button.pin");
    if (!pin || event.button > 0) return;
    this.drag = { pin, key: pin.dataset.key, from: event, isMoved: false };
    this.stage.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const { drag } = this;
    if (!drag) return;
    const far = Math.hypot(event.clientX - drag.from.clientX, event.clientY - drag.from.clientY);
    if (!drag.isMoved && far < DRAG_PIXELS) return;
    drag.isMoved = true;
    drag.at = this.#at(event);
    this.#put(drag.pin, drag.at);
  }

  #up() {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    this.isDropped = true; // The click that follows is no tap of its own.
    setTimeout(() => { this.isDropped = false; });
    if (drag.isMoved) {
      this.place(drag.key, drag.at);
      this.say(drag.key);
      return;
    }
    this.#select(this.selected === drag.key ? "" : drag.key);
    this.stage.querySelector(`[data-key="${CSS.escape(drag.key)}"]`).focus();
  }

  #cancel() {
    this.drag = null;
    this.draw();
  }

  #select(key) {
    this.selected = key;
    this.draw();
    this.editor.say(key ? this.editor.texts.selected : this.editor.texts.unselected);
  }

  // A tap on the photo moves the point that is selected; without one it adds a product.
  #tap(event) {
    if (this.isDropped || event.target.closest(".pin") || event.detail === 0) return;
    const at = this.#at(event);
    if (!this.selected) {
      this.#add(at);
      return;
    }
    const key = this.selected;
    this.selected = "";
    this.place(key, at);
    this.say(key);
  }

  #add(at) {
    const { limits, texts, doc } = this.editor;
    if (doc.slots.length >= limits.slots) this.editor.say(texts.too_many_products);
    else if (this.photo.spots.length >= limits.spots) this.editor.say(texts.too_many_points);
    else this.dispatchEvent(new CustomEvent("look:add", { bubbles: true, detail: { at } }));
  }

  #key(event) {
    const pin = event.target.closest("button.pin");
    if (!pin) return;
    const { key } = pin.dataset;
    const arrow = ARROWS[event.key];
    if (arrow) this.#nudge(key, arrow, event.shiftKey ? LARGE_STEP : STEP);
    else if (event.key === "Delete" || event.key === "Backspace") this.#delete(key);
    else if (event.key === "Enter" || event.key === " ") this.#pick(key);
    else if (event.key === "Escape" && this.drag) this.#cancel();
    else return;
    event.preventDefault();
  }

  #nudge(key, [across, down], step) {
    const at = this.shown(this.spotOf(key));
    this.place(key, { x: at.x + across * step, y: at.y + down * step }, { merge: `key:${key}` });
    this.say(key);
  }

  #delete(key) {
    const pins = [...this.stage.querySelectorAll("button.pin")];
    const index = pins.findIndex((pin) => pin.dataset.key === key);
    this.remove(key);
    const left = this.stage.querySelectorAll("button.pin");
    (left[Math.min(index, left.length - 1)] ?? this.stage).focus();
  }

  #pick(key) {
    this.dispatchEvent(new CustomEvent("look:swap", { bubbles: true, detail: { key } }));
  }

  // Pushes a point away from those that it lies on, at least as far as fingers need.
  #apart(wanted, others) {
    const least = this.editor.limits.nearest + 0.001;
    let { x, y } = wanted;
    for (let turn = 0; turn < 24; turn += 1) {
      const near = others.find((one) => Math.hypot(one.x - x, one.y - y) < least);
      if (!near) break;
      const angle = Math.atan2(y - near.y, x - near.x) + turn * 0.7;
      x = clamp(near.x + Math.cos(angle) * least);
      y = clamp(near.y + Math.sin(angle) * least);
    }
    return { x: round(x), y: round(y) };
  }
}

customElements.define("look-stage", LookStage);
