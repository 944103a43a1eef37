// Finds a product of the shop: by words, by the address of its page, or among those used last.
// An ARIA combobox in a sheet.
const WAIT_MS = 200;

class LookPicker extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("look-editor");
    this.dialog = this.querySelector("dialog");
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.status = this.querySelector("[role=status]");
    this.pattern = this.querySelector("template").content.firstElementChild;
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#search({ q: this.input.value.trim() }), WAIT_MS);
    });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // Keep the focus.
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take([...this.list.children].indexOf(option));
    });
  }

  // `like`: the id of a product whose other colours are offered first.
  open(title, { like = "" }, choose) {
    this.choose = choose;
    this.querySelector("[data-title]").textContent = title;
    this.input.value = "";
    this.dialog.showModal();
    this.input.focus();
    this.#search(like ? { like } : {});
  }

  async #search(asked) {
    this.running?.abort();
    this.running = new AbortController();
    const query = new URLSearchParams({ shop: this.editor.dataset.shop, ...asked });
    let answer;
    try {
      const response = await fetch(`${this.editor.dataset.products}?${query}`, {
        signal: this.running.signal,
      });
      if (!response.ok || response.redirected) throw new TypeError(response.statusText);
      answer = await response.json();
    } catch (problem) {
      if (problem.name !== "AbortError") this.status.textContent = this.editor.texts.no_search;
      return;
    }
    this.found = answer.products;
    this.#draw(answer.state);
  }

  #draw(state) {
    this.active = -1;
    this.list.replaceChildren(...this.found.map((product, index) => this.#option(product, index)));
    const number = this.found.length;
    this.input.setAttribute("aria-expanded", String(number > 0));
    this.input.removeAttribute("aria-activedescendant");
    if (number) this.status.textContent = this.editor.text(state, { number });
    else this.status.textContent = this.editor.texts[`no_${state}`];
  }

  #option(product, index) {
    const option = this.pattern.cloneNode(true);
    option.id = `look-option-${index}`;
    const picture = option.querySelector("img");
    picture.hidden = !product.picture;
    if (product.picture) picture.src = product.picture;
    option.querySelector("[data-product-name]").textContent = product.name;
    option.querySelector("[data-product-detail]").textContent =
      [product.color, product.price, product.sku].filter(Boolean).join(" · ");
    option.querySelector("[data-sold-out]").hidden = !product.is_sold_out;
    return option;
  }

  #key(event) {
    const number = this.found?.length ?? 0;
    if (event.key === "ArrowDown" && number) this.#mark(this.active + 1);
    else if (event.key === "ArrowUp" && number) this.#mark(this.active < 0 ? -1 : this.active - 1);
    else if (event.key === "Enter") this.#take(Math.max(0, this.active));
    else return;
    event.preventDefault();
  }

  #mark(index) {
    const options = [...this.list.children];
    this.active = (index + options.length) % options.length;
    options.forEach((one, at) => one.setAttribute("aria-selected", String(at === this.active)));
    options[this.active].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[this.active].id);
  }

  #take(index) {
    const product = this.found?.[index];
    if (!product) return;
    this.dialog.close();
    this.choose(product);
  }
}

customElements.define("look-picker", LookPicker);
