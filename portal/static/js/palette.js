// The palette opens and closes; its search is a combobox. Without scripts its button leads to a page.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input[type=search]");

if (input) {
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") dialog.close(); // At once: a search field only empties itself.
  });
  dialog.addEventListener("close", () => {
    input.value = "";
    input.dispatchEvent(new Event("input"));
  });
  document.addEventListener("keydown", (event) => {
    const asked = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    if (!asked) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog:modal")) dialog.showModal();
  });
}
