// The look that is being written: what it says, undo, the four steps. Photos, points, products, the
// picker and saving are elements inside it: they read `doc`, call `change` and listen to
// "look:changed".
const MOST_UNDO = 50;
const STEP_OF = { photo: 1, photos: 1, slot: 2, products: 2 };
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

class LookEditor extends HTMLElement {
  connectedCallback() {
    const all = this.#read("look-document");
    this.limits = this.#read("look-limits");
    this.texts = this.#read("look-texts");
    ({ saves: this.saves, checklist: this.checklist, remarks: this.remarks } = all);
    this.doc = this.content(all);
    this.done = [];
    this.undone = [];
    this.merging = "";
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("input", (event) => this.#typed(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("submit", (event) => this.#send(event));
    this.addEventListener("look:checked", (event) => this.#check(event.detail));
    this.#fill();
    this.#check(this.checklist);
    this.#drawUndo();
    this.show(Number(this.dataset.step));
    this.dataset.ready = "";
  }

  // What is saved: everything else in the document is for the page alone.
  content(all) {
    const { title, story, language, tags, disclosure, is_retouched, is_virtual, photos, slots } = all;
    return { title, story, language, tags, disclosure, is_retouched, is_virtual, photos, slots };
  }

  // Changes with the same `merge` are undone together; `source` does not draw itself anew.
  change(mutate, { merge = "", source = null } = {}) {
    if (!merge || merge !== this.merging) {
      this.done.push(structuredClone(this.doc));
      if (this.done.length > MOST_UNDO) this.done.shift();
    }
    this.merging = merge;
    this.undone = [];
    mutate(this.doc);
    this.#changed(source);
  }

  replace(doc) {
    this.doc = this.content(doc);
    this.merging = "";
    this.#fill();
    this.#changed(null);
  }

  undo() {
    if (!this.done.length) return;
    this.undone.push(structuredClone(this.doc));
    this.replace(this.done.pop());
    this.say(this.texts.undone);
  }

  redo() {
    if (!this.undone.length) return;
    this.done.push(structuredClone(this.doc));
    this.replace(this.undone.pop());
    this.say(this.texts.redone);
  }

  say(text) {
    this.querySelector("[data-say]").textContent = text;
  }

  text(name, facts = {}) {
    return this.texts[name].replace(/\{(\w+)\}/g, (_whole, key) => facts[key]);
  }

  // Shows of a picture the part that is its crop; the frame keeps the crop's proportions.
  frame(image, photo) {
    const [x, y, width, height] = photo.crop;
    const shape = (photo.width * width) / (photo.height * height);
    image.parentElement.style.setProperty("--shape", shape);
    image.parentElement.style.setProperty("--color", photo.color);
    if (image.getAttribute("src") !== photo.src) image.src = photo.src;
    image.alt = photo.alt;
    image.style.setProperty("--left", -x / width);
    image.style.setProperty("--top", -y / height);
    image.style.setProperty("--wide", 1 / width);
    image.style.setProperty("--high", 1 / height);
  }

  async show(step, { focus = false } = {}) {
    this.step = clamp(step, 1, 4);
    for (const panel of this.querySelectorAll("[data-panel]")) {
      panel.hidden = Number(panel.dataset.panel) !== this.step;
    }
    for (const button of this.querySelectorAll("[data-step]")) {
      if (Number(button.dataset.step) === this.step) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    if (focus) this.querySelector(`[data-panel="${this.step}"] h2`).focus();
    if (this.step === 4) {
      await customElements.whenDefined("look-saving");
      await this.querySelector("look-saving").flush();
      const frame = this.querySelector("[data-preview]");
      frame.src = frame.dataset.preview;
    }
  }

  #read(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  #changed(source) {
    this.#drawUndo();
    this.dispatchEvent(new CustomEvent("look:changed", { detail: { source } }));
  }

  #drawUndo() {
    for (const [name, list] of [["undo", this.done], ["redo", this.undone]]) {
      const button = this.querySelector(`[data-${name}]`);
      button.setAttribute("aria-disabled", String(!list.length));
    }
  }

  #click(event) {
    const button = event.target.closest("button, a");
    if (!button) return;
    if (button.dataset.step) this.show(Number(button.dataset.step), { focus: true });
    else if (button.dataset.go) this.show(this.step + Number(button.dataset.go), { focus: true });
    else if (button.matches("[data-undo]")) this.undo();
    else if (button.matches("[data-redo]")) this.redo();
    else if (button.dataset.tag) this.#toggleTag(button.dataset.tag);
    else if (button.dataset.place !== undefined) this.#goTo(button.dataset.place);
    else if (button.dataset.width) this.#turnPreview(button);
  }

  #key(event) {
    const isTyping = event.target.matches("input, textarea, select") && event.target.type !== "range";
    if (isTyping || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) this.redo();
    else this.undo();
  }

  #typed(event) {
    const input = event.target;
    this.#count(input);
    const field = input.dataset.field;
    if (!field) return;
    const value = input.type === "checkbox" ? input.checked : input.value;
    this.change(
      (doc) => {
        doc[field] = field === "tags" ? this.#tags(value) : value;
      },
      { merge: `field:${field}`, source: this },
    );
    if (field === "tags") this.#drawTags();
  }

  #count(input) {
    const counter = input.closest(".field")?.querySelector("[data-counter]");
    if (counter) counter.textContent = `${input.value.length} / ${input.maxLength}`;
  }

  #fill() {
    for (const input of this.querySelectorAll("[data-field]")) {
      const value = this.doc[input.dataset.field];
      if (input.type === "checkbox") input.checked = value;
      else if (input.type === "radio") input.checked = input.value === value;
      else input.value = Array.isArray(value) ? value.join(", ") : value;
      this.#count(input);
    }
    this.#drawTags();
  }

  #tags(text) {
    const words = text.split(",").map((word) => word.trim().toLowerCase()).filter(Boolean);
    return [...new Set(words)].slice(0, 12);
  }

  #toggleTag(tag) {
    this.change((doc) => {
      const has = doc.tags.includes(tag);
      doc.tags = has ? doc.tags.filter((one) => one !== tag) : [...doc.tags, tag];
    });
    this.#fill();
  }

  #drawTags() {
    for (const button of this.querySelectorAll("[data-tag]")) {
      button.setAttribute("aria-pressed", String(this.doc.tags.includes(button.dataset.tag)));
    }
  }

  #check(list) {
    this.checklist = list;
    const holder = this.querySelector("[data-checklist]");
    const pattern = this.querySelector("template[data-check]").content.firstElementChild;
    holder.replaceChildren(
      ...list.map((one) => {
        const row = pattern.cloneNode(true);
        row.dataset.kind = one.is_blocking ? "blocking" : "advised";
        const link = row.querySelector("[data-place]");
        link.dataset.place = one.place;
        link.textContent = one.text;
        row.querySelector("[data-kind-name]").textContent =
          one.is_blocking ? this.texts.blocking : this.texts.advised;
        return row;
      }),
    );
    const blocking = list.filter((one) => one.is_blocking).length;
    this.querySelector("[data-checked]").hidden = list.length > 0;
    this.querySelector("[data-blocked]").hidden = !blocking;
    this.dataset.blocking = blocking;
  }

  #goTo(place) {
    const [kind] = place.split(":");
    this.show(STEP_OF[kind] ?? 3, { focus: true });
    const field = this.querySelector(`[data-field="${CSS.escape(place)}"]`);
    const row = this.querySelector(`[data-panel="${this.step}"] [data-name="${CSS.escape(place)}"]`);
    (field ?? row?.querySelector("textarea, button"))?.focus();
  }

  #turnPreview(button) {
    this.querySelector("[data-preview]").dataset.shape = button.dataset.width;
    for (const one of this.querySelectorAll("[data-width]")) {
      one.setAttribute("aria-pressed", String(one === button));
    }
  }

  async #send(event) {
    const form = event.target;
    if (form.id !== "look-send") return;
    event.preventDefault();
    const isSaved = await this.querySelector("look-saving").flush();
    if (!isSaved) {
      this.say(this.texts.unsaved);
      return;
    }
    if (Number(this.dataset.blocking)) {
      this.show(4);
      this.querySelector("[data-checklist] button").focus();
      return;
    }
    form.submit();
  }
}

customElements.define("look-editor", LookEditor);
