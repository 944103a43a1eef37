// Draws the QR code anew while its style changes. Without it the file itself shows the style.
const WAIT_MS = 250;

function start(form) {
  const image = document.getElementById(form.dataset.qr);
  const refusal = document.querySelector("[data-qr-refusal]");
  let timer = 0;
  let running = null;

  const draw = async () => {
    running?.abort();
    running = new AbortController();
    const body = new FormData(form);
    body.set("preview", "1");
    try {
      const answer = await fetch(location.href, { method: "POST", body, signal: running.signal });
      refusal.hidden = answer.ok;
      if (!answer.ok) {
        refusal.textContent = answer.status === 422 ? await answer.text() : "";
        return;
      }
      const drawn = URL.createObjectURL(await answer.blob());
      const before = image.src;
      image.src = drawn;
      if (before.startsWith("blob:")) URL.revokeObjectURL(before);
    } catch {
      return; // A newer style was chosen, or there is no network.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, WAIT_MS);
  });
}

for (const form of document.querySelectorAll("[data-qr]")) start(form);
