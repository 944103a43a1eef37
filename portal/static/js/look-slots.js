// The products of a look: in their order, with their role, their place in numbers and those that
// stand in when one is sold out.
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

class LookSlots extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("look-editor");
    this.list = this.querySelector("[data-slots]");
    this.pattern = this.querySelector("template[data-slot]").content.firstElementChild;
    this.standIn = this.querySelector("template[data-option]").content.firstElementChild;
    this.list.addEventListener("click", (event) => this.#click(event));
    this.list.addEventListener("change", (event) => this.#changed(event));
    this.querySelector("[data-add-product]").addEventListener("click", () => this.#add({ x: 0.5, y: 0.5 }));
    this.editor.addEventListener("look:changed", () => this.draw());
    this.editor.addEventListener("look:turned", () => this.draw());
    this.editor.addEventListener("look:add", (event) => this.#add(event.detail.at));
    this.editor.addEventListener("look:swap", (event) => this.#swap(event.detail.key));
    this.draw();
  }

  get stage() {
    return this.editor.querySelector("look-stage");
  }

  get picker() {
    return this.editor.querySelector("look-picker");
  }

  draw() {
    const { slots } = this.editor.doc;
    const held = document.activeElement;
    const row = held?.closest("[data-slot]")?.dataset.name;
    const name = held?.dataset.act ?? held?.dataset.set;
    this.list.replaceChildren(...slots.map((slot, index) => this.#row(slot, index)));
    this.querySelector("[data-none]").hidden = slots.length > 0;
    if (!row || !name) return;
    const found = this.list.querySelector(`[data-name="${CSS.escape(row)}"]`);
    found?.querySelector(`[data-act="${name}"], [data-set="${name}"]`)?.focus();
  }

  #row(slot, index) {
    const row = this.pattern.cloneNode(true);
    const [worn, ...others] = slot.options;
    row.dataset.name = `slot:${slot.key}`;
    row.querySelector("[data-number]").textContent = index + 1;
    this.#show(row.querySelector("[data-worn]"), worn);
    row.querySelector("[data-set=role]").value = slot.role;
    row.querySelector("[data-set=required]").checked = slot.is_required;
    row.querySelector("[data-sold-out]").hidden = !worn?.is_sold_out;
    row.querySelector("[data-gone]").hidden = !worn || worn.is_active;
    const spot = this.stage.photo && this.stage.spotOf(slot.key);
    row.querySelector("[data-position]").hidden = !spot;
    row.querySelector("[data-unplaced]").hidden = Boolean(spot);
    if (spot) {
      const at = this.stage.shown(spot);
      row.querySelector("[data-set=x]").value = Math.round(at.x * 1000) / 10;
      row.querySelector("[data-set=y]").value = Math.round(at.y * 1000) / 10;
    }
    row.querySelector("[data-options]").replaceChildren(
      ...others.map((option) => this.#option(option)),
    );
    for (const input of row.querySelectorAll("[data-set], button[data-act]")) {
      const said = input.dataset.label ?? input.textContent.trim();
      input.setAttribute("aria-label", `${said} – ${worn?.name ?? index + 1}`);
    }
    return row;
  }

  #option(option) {
    const item = this.standIn.cloneNode(true);
    item.dataset.product = option.product;
    this.#show(item.querySelector("[data-product-shown]"), option);
    item.querySelector("[data-sold-out]").hidden = !option.is_sold_out;
    for (const button of item.querySelectorAll("button")) {
      button.setAttribute("aria-label", `${button.textContent.trim()} – ${option.name}`);
    }
    return item;
  }

  #show(holder, product) {
    if (!product) return;
    const picture = holder.querySelector("img");
    picture.hidden = !product.picture;
    if (product.picture) picture.src = product.picture;
    holder.querySelector("[data-product-name]").textContent = product.name;
    holder.querySelector("[data-product-detail]").textContent =
      [product.color, product.price].filter(Boolean).join(" · ");
  }

  #indexOf(target) {
    const { name } = target.closest("[data-slot]").dataset;
    return this.editor.doc.slots.findIndex((slot) => `slot:${slot.key}` === name);
  }

  #click(event) {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    const index = this.#indexOf(event.target);
    const slot = this.editor.doc.slots[index];
    const product = Number(event.target.closest("[data-product]")?.dataset.product);
    if (act === "up" || act === "down") this.#move(index, act === "up" ? -1 : 1);
    else if (act === "remove") this.#remove(slot.key);
    else if (act === "swap") this.#swap(slot.key);
    else if (act === "stand-in") this.#choose(slot.key, "");
    else if (act === "colors") this.#choose(slot.key, slot.options[0].product);
    else if (act === "place") this.stage.place(slot.key, { x: 0.5, y: 0.5 });
    else if (act === "drop") this.#drop(slot.key, product);
    else if (act === "first") this.#first(slot.key, product);
  }

  #changed(event) {
    const { set } = event.target.dataset;
    if (!set) return;
    const { key } = this.editor.doc.slots[this.#indexOf(event.target)];
    if (set === "x" || set === "y") {
      const at = this.stage.shown(this.stage.spotOf(key));
      at[set] = (Number.parseFloat(event.target.value) || 0) / 100;
      this.stage.place(key, at);
      return;
    }
    this.#edit(key, (slot) => {
      if (set === "role") slot.role = event.target.value;
      else slot.is_required = event.target.checked;
    });
  }

  #edit(key, mutate) {
    this.editor.change(({ slots }) => mutate(slots.find((slot) => slot.key === key)));
  }

  #add(at) {
    const { doc, limits, texts } = this.editor;
    if (doc.slots.length >= limits.slots) {
      this.editor.say(texts.too_many_products);
      return;
    }
    const { index } = this.stage;
    this.picker.open(texts.choose_product, {}, (product) => {
      const { role, ...option } = product;
      const key = newKey();
      this.editor.change(({ slots }) => {
        slots.push({ key, role, is_required: true, options: [{ ...option, is_exact: true }] });
      }, { merge: `new:${key}` });
      if (doc.photos.length) {
        this.stage.index = index;
        this.stage.place(key, at, { merge: `new:${key}` });
        this.stage.say(key);
      }
    });
  }

  #swap(key) {
    this.picker.open(this.editor.texts.choose_product, {}, ({ role: _role, ...option }) => {
      this.#edit(key, (slot) => {
        const others = slot.options.slice(1).filter((one) => one.product !== option.product);
        slot.options = [{ ...option, is_exact: true }, ...others];
      });
    });
  }

  #choose(key, like) {
    this.picker.open(this.editor.texts.choose_stand_in, { like }, ({ role: _role, ...option }) => {
      this.#edit(key, (slot) => {
        const isKnown = slot.options.some((one) => one.product === option.product);
        if (isKnown || slot.options.length >= this.editor.limits.options) return;
        slot.options.push({ ...option, is_exact: false });
      });
    });
  }

  #drop(key, product) {
    this.#edit(key, (slot) => {
      slot.options = slot.options.filter((one) => one.product !== product);
    });
  }

  // Ranks a stand-in one place higher; never above what is worn.
  #first(key, product) {
    this.#edit(key, (slot) => {
      const index = slot.options.findIndex((one) => one.product === product);
      if (index > 1) slot.options.splice(index - 1, 0, ...slot.options.splice(index, 1));
    });
  }

  #move(index, by) {
    const to = index + by;
    if (to < 0 || to >= this.editor.doc.slots.length) return;
    this.editor.change(({ slots }) => slots.splice(to, 0, ...slots.splice(index, 1)));
    this.editor.say(this.editor.text("moved", { number: to + 1 }));
  }

  #remove(key) {
    this.editor.change((doc) => {
      doc.slots = doc.slots.filter((slot) => slot.key !== key);
      for (const photo of doc.photos) {
        photo.spots = photo.spots.filter((spot) => spot.slot !== key);
      }
    });
    this.editor.say(this.editor.texts.product_removed);
    (this.list.querySelector("button") ?? this.querySelector("[data-add-product]")).focus();
  }
}

customElements.define("look-slots", LookSlots);
