// Saves a look a moment after every change. What the server has not got yet is kept on this device;
// who saved something else meanwhile is asked which of the two stays.
const WAIT_MS = 800;
const RETRY_MS = 6000;

class LookSaving extends HTMLElement {
  connectedCallback() {
    this.editor = this.closest("look-editor");
    this.key = `look:${this.editor.dataset.look}`;
    this.dialog = this.querySelector("dialog");
    this.clean = JSON.stringify(this.editor.doc);
    this.editor.addEventListener("look:changed", () => this.#plan(WAIT_MS));
    this.dialog.addEventListener("click", (event) => this.#choose(event));
    window.addEventListener("online", () => this.flush());
    window.addEventListener("beforeunload", (event) => {
      if (this.#isDirty()) event.preventDefault();
    });
    this.#restore();
  }

  // Resolves to whether everything is saved.
  async flush() {
    clearTimeout(this.timer);
    while (this.running) await this.running;
    if (!this.#isDirty()) return true;
    this.running = this.#save();
    const isSaved = await this.running;
    this.running = null;
    if (isSaved && this.#isDirty()) this.#plan(WAIT_MS);
    return isSaved;
  }

  #isDirty() {
    return JSON.stringify(this.editor.doc) !== this.clean;
  }

  #plan(wait) {
    this.#keep();
    this.#say("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  async #save() {
    const body = JSON.stringify(this.editor.doc);
    let answer;
    try {
      answer = await fetch(this.editor.dataset.save, {
        method: "POST",
        body,
        headers: {
          "Content-Type": "application/json",
          "If-Match": `"${this.editor.saves}"`,
          "X-CSRFToken": this.editor.querySelector("[name=csrfmiddlewaretoken]").value,
        },
      });
    } catch {
      return this.#later("offline");
    }
    if (answer.redirected || answer.status === 403) return this.#later("signed_out");
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
      return this.#later("trouble");
    }
    const said = await answer.json();
    if (answer.status === 409) return this.#ask(said.document);
    if (!answer.ok) {
      this.#show(said.detail, "refused");
      return false;
    }
    this.#saved(body, said);
    return true;
  }

  #saved(body, said) {
    this.clean = body;
    this.editor.saves = said.saves;
    if (!this.#isDirty()) localStorage.removeItem(this.key);
    const time = new Date(said.saved_at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit",
    });
    this.#show(this.editor.text("saved", { time }), "saved");
    this.editor.dispatchEvent(new CustomEvent("look:checked", { detail: said.checklist }));
  }

  #later(why) {
    this.#say(why);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), RETRY_MS);
    return false;
  }

  #keep() {
    try {
      const kept = { saves: this.editor.saves, doc: this.editor.doc };
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // No room or no permission: the server has it within a second.
    }
  }

  #restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(this.key));
    } catch {
      localStorage.removeItem(this.key);
    }
    if (!kept || JSON.stringify(this.editor.content(kept.doc)) === this.clean) return;
    if (kept.saves === this.editor.saves) {
      this.editor.replace(kept.doc);
      this.#say("restored");
    } else {
      const theirs = { ...this.editor.doc, saves: this.editor.saves };
      this.editor.replace(kept.doc);
      this.#ask(theirs);
    }
  }

  #ask(theirs) {
    clearTimeout(this.timer);
    this.theirs = theirs;
    this.#say("elsewhere");
    if (!this.dialog.open) this.dialog.showModal();
    return false;
  }

  #choose(event) {
    const kept = event.target.closest("[data-keep]")?.dataset.keep;
    if (!kept) return;
    this.dialog.close();
    this.editor.saves = this.theirs.saves;
    if (kept === "theirs") {
      this.clean = JSON.stringify(this.editor.content(this.theirs));
      localStorage.removeItem(this.key);
      this.editor.replace(this.theirs);
    }
    this.#plan(0);
  }

  #say(name) {
    this.#show(this.editor.texts[name], name);
  }

  #show(text, state) {
    this.dataset.state = state;
    const line = this.querySelector("[data-state-text]");
    if (line.textContent !== text) line.textContent = text;
  }
}

customElements.define("look-saving", LookSaving);
