// Copies a picture of the server to the clipboard, where the browser can; else the button stays away.
for (const button of document.querySelectorAll("[data-copy-picture]")) {
  if (!navigator.clipboard?.write || !window.ClipboardItem) continue;
  button.hidden = false;
  const words = button.querySelector("span");
  const usual = words.textContent;
  button.addEventListener("click", async () => {
    const picture = fetch(button.dataset.copyPicture).then((answer) => answer.blob());
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      words.textContent = button.dataset.copied;
      setTimeout(() => { words.textContent = usual; }, 2500);
    } catch {
      location.assign(button.dataset.copyPicture);
    }
  });
}
