// The photos of a look: chosen or dropped, made smaller here, sent with progress, cropped to 4:5,
// turned, described, put in order.
const MOST_BYTES = 15 * 1024 * 1024;
const LEAST_SIDE = 600;
const MOST_SIDE = 2400;
const SHAPE = 4 / 5;
const round = (value) => Math.floor(value * 10000) / 10000;

// The largest part of a picture in the shape of 4:5, divided by `zoom`, at shares of the rest.
function cropOf(photo, zoom = 1, left = 0.5, top = 0.5) {
  const shape = photo.width / photo.height;
  const width = round((shape > SHAPE ? SHAPE / shape : 1) / zoom);
  const height = round((shape > SHAPE ? 1 : shape / SHAPE) / zoom);
  return [round((1 - width) * left), round((1 - height) * top), width, height];
}

class LookPhotos extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("look-editor");
    this.list = this.querySelector("[data-photos]");
    this.files = this.querySelector("input[type=file]");
    this.files.addEventListener("change", () => this.#takeAll([...this.files.files]));
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => this.#drop(event));
    this.list.addEventListener("click", (event) => this.#click(event));
    this.list.addEventListener("input", (event) => this.#typed(event));
    this.list.addEventListener("pointerdown", (event) => this.#grab(event));
    this.list.addEventListener("pointermove", (event) => this.#pull(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.list.addEventListener(end, () => { this.grip = null; });
    }
    this.list.addEventListener("toggle", (event) => this.#toggled(event), true);
    this.editor.addEventListener("look:changed", (event) => {
      if (event.detail.source !== this) this.draw();
    });
    this.draw();
    if (this.files.files.length) this.#takeAll([...this.files.files]); // Chosen before we were here.
  }

  draw() {
    const photos = this.editor.doc.photos;
    const held = document.activeElement?.closest("[data-photo]");
    const focus = [held?.dataset.name, document.activeElement?.dataset.act];
    this.list.replaceChildren(...photos.map((photo, index) => this.#card(photo, index)));
    this.querySelector("[data-none]").hidden = photos.length > 0;
    this.querySelector("[data-add]").hidden = photos.length >= this.editor.limits.photos;
    if (focus[0] && focus[1]) {
      const name = CSS.escape(focus[0]);
      this.list.querySelector(`[data-name="${name}"] [data-act="${focus[1]}"]`)?.focus();
    }
  }

  #card(photo, index) {
    const pattern = this.querySelector("template[data-card]").content.firstElementChild;
    const card = pattern.cloneNode(true);
    const number = index + 1;
    card.dataset.name = `photo:${photo.picture}`;
    card.querySelector("[data-number]").textContent = this.editor.text("photo", { number });
    this.editor.frame(card.querySelector("img"), { ...photo, alt: "" });
    const alt = card.querySelector("textarea");
    alt.value = photo.alt;
    alt.id = `alt-${photo.picture}`;
    card.querySelector("label[data-alt]").htmlFor = alt.id;
    card.querySelector("[data-counter]").textContent = `${alt.value.length} / ${alt.maxLength}`;
    for (const [name, value] of Object.entries(this.#cropControls(photo))) {
      card.querySelector(`[data-crop="${name}"]`).value = value;
    }
    for (const button of card.querySelectorAll("[data-act]")) {
      button.setAttribute("aria-label", `${button.textContent.trim()} (${number})`);
    }
    card.querySelector("[data-copy]").hidden = !photo.is_copy;
    return card;
  }

  #cropControls(photo) {
    const [x, y, width, height] = photo.crop;
    const whole = cropOf(photo);
    return {
      zoom: Math.round((whole[2] / width) * 100),
      left: width < 1 ? Math.round((x / (1 - width)) * 100) : 50,
      top: height < 1 ? Math.round((y / (1 - height)) * 100) : 50,
    };
  }

  #indexOf(target) {
    const name = target.closest("[data-photo]").dataset.name;
    return this.editor.doc.photos.findIndex((one) => `photo:${one.picture}` === name);
  }

  #typed(event) {
    const index = this.#indexOf(event.target);
    const photo = this.editor.doc.photos[index];
    if (event.target.matches("textarea")) {
      this.editor.change((doc) => { doc.photos[index].alt = event.target.value; }, {
        merge: `alt:${photo.picture}`, source: this,
      });
      return;
    }
    const card = event.target.closest("[data-photo]");
    const value = (name) => Number(card.querySelector(`[data-crop="${name}"]`).value);
    const crop = cropOf(photo, value("zoom") / 100, value("left") / 100, value("top") / 100);
    this.#crop(card, index, crop);
  }

  #crop(card, index, crop) {
    this.editor.change((doc) => { doc.photos[index].crop = crop; }, {
      merge: `crop:${this.editor.doc.photos[index].picture}`, source: this,
    });
    this.editor.frame(card.querySelector("img"), { ...this.editor.doc.photos[index], alt: "" });
  }

  // While the sliders of its crop are shown, a photo is dragged; else a finger scrolls the page.
  #toggled(event) {
    const card = event.target.closest?.("[data-photo]");
    card?.querySelector(".look-frame").classList.toggle("look-frame--crop", event.target.open);
  }

  #grab(event) {
    const frame = event.target.closest(".look-frame--crop");
    if (!frame || event.button > 0 || this.grip) return;
    const index = this.#indexOf(frame);
    const { crop } = this.editor.doc.photos[index];
    this.grip = { frame, index, crop, x: event.clientX, y: event.clientY };
    frame.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  // Moves the crop against the hand, as far as the photo goes.
  #pull(event) {
    const { grip } = this;
    if (!grip) return;
    const box = grip.frame.getBoundingClientRect();
    const [left, top, width, height] = grip.crop;
    const moved = (at, by, size) => round(Math.min(1 - size, Math.max(0, at - by * size)));
    const x = moved(left, (event.clientX - grip.x) / box.width, width);
    const y = moved(top, (event.clientY - grip.y) / box.height, height);
    const card = grip.frame.closest("[data-photo]");
    this.#crop(card, grip.index, [x, y, width, height]);
    const controls = this.#cropControls(this.editor.doc.photos[grip.index]);
    for (const name of ["left", "top"]) {
      card.querySelector(`[data-crop="${name}"]`).value = controls[name];
    }
  }

  #click(event) {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    const index = this.#indexOf(event.target);
    if (act === "turn") this.#turn(index);
    else if (act === "remove") this.#remove(index);
    else this.#move(index, act === "up" ? -1 : 1);
  }

  #move(index, by) {
    const to = index + by;
    if (to < 0 || to >= this.editor.doc.photos.length) return;
    this.editor.change(({ photos }) => photos.splice(to, 0, ...photos.splice(index, 1)));
    this.editor.say(this.editor.text("moved", { number: to + 1 }));
  }

  #remove(index) {
    this.editor.change(({ photos }) => photos.splice(index, 1));
    this.editor.say(this.editor.texts.photo_removed);
    (this.list.querySelector("textarea") ?? this.files).focus();
  }

  async #turn(index) {
    const { picture } = this.editor.doc.photos[index];
    const data = new FormData();
    data.append("turn", picture);
    const turned = await this.#upload(data, this.editor.texts.turning);
    if (!turned) return;
    this.editor.change(({ photos }) => {
      const photo = photos.find((one) => one.picture === picture);
      if (!photo) return;
      photo.spots = photo.spots.map((spot) => ({ ...spot, x: round(1 - spot.y), y: spot.x }));
      Object.assign(photo, turned, { crop: cropOf(turned) });
    });
  }

  #drop(event) {
    event.preventDefault();
    this.#takeAll([...event.dataTransfer.files]);
  }

  async #takeAll(files) {
    this.files.value = "";
    const room = this.editor.limits.photos - this.editor.doc.photos.length;
    if (files.length > room) this.editor.say(this.editor.texts.too_many_photos);
    for (const file of files.slice(0, room)) await this.#take(file);
  }

  async #take(file) {
    let blob;
    try {
      blob = await this.#prepared(file);
    } catch (problem) {
      this.#refuse(file.name, problem.message);
      return;
    }
    const data = new FormData();
    data.append("photo", blob, file.name);
    const sent = await this.#upload(data, file.name);
    if (!sent) return;
    if (this.editor.doc.photos.some((one) => one.picture === sent.picture)) {
      this.#refuse(file.name, this.editor.texts.photo_twice);
      return;
    }
    const photo = { ...sent, alt: "", spots: [] };
    this.editor.change(({ photos }) => photos.push({ ...photo, crop: cropOf(photo) }));
    this.editor.say(this.editor.text("photo_added", { number: this.editor.doc.photos.length }));
  }

  // Makes a large photo smaller before it travels; throws a sentence for what cannot be read.
  async #prepared(file) {
    const { texts } = this.editor;
    if (/\.(heic|heif)$/i.test(file.name)) throw new Error(texts.heic);
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch {
      throw new Error(texts.unreadable);
    }
    if (Math.min(picture.width, picture.height) < LEAST_SIDE) throw new Error(texts.too_small);
    const scale = MOST_SIDE / Math.max(picture.width, picture.height);
    if (scale >= 1 && file.size <= MOST_BYTES) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * Math.min(1, scale));
    canvas.height = Math.round(picture.height * Math.min(1, scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  }

  #upload(data, name) {
    const row = this.#row(name);
    const request = new XMLHttpRequest();
    const bar = row.querySelector("progress");
    row.querySelector("[data-cancel]").addEventListener("click", () => request.abort());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    return new Promise((done) => {
      const end = (answer, problem = "") => {
        row.remove();
        if (problem) this.#refuse(name, problem);
        done(answer);
      };
      request.addEventListener("load", () => this.#answered(request, end));
      request.addEventListener("error", () => end(null, this.editor.texts.not_sent));
      request.addEventListener("abort", () => end(null));
      request.open("POST", this.editor.dataset.upload);
      request.responseType = "json";
      const token = this.editor.querySelector("[name=csrfmiddlewaretoken]").value;
      request.setRequestHeader("X-CSRFToken", token);
      request.send(data);
    });
  }

  #answered(request, end) {
    if (request.status === 201) end(request.response);
    else end(null, request.response?.detail ?? this.editor.texts.not_sent);
  }

  #row(name) {
    const pattern = this.querySelector("template[data-upload]").content.firstElementChild;
    const row = pattern.cloneNode(true);
    row.querySelector("[data-file]").textContent = name;
    row.querySelector("progress").setAttribute("aria-label", name);
    this.querySelector("[data-uploads]").append(row);
    return row;
  }

  #refuse(name, why) {
    const pattern = this.querySelector("template[data-refused]").content.firstElementChild;
    const row = pattern.cloneNode(true);
    row.querySelector("[data-why]").textContent = `${name} – ${why}`;
    row.querySelector("button").addEventListener("click", () => row.remove());
    this.querySelector("[data-uploads]").append(row);
  }
}

customElements.define("look-photos", LookPhotos);
