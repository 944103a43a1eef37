/* The answer goes to the programme's script, which is on this page and knows how the visitor came.
   Where that script is missing, the form is sent as it is. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!window.ap || !event.submitter || !form.matches(".consent__choices")) return;
  event.preventDefault();
  window.ap.consent(event.submitter.value === "1");
  const banner = form.closest(".consent");
  if (banner) banner.remove();
  else window.ap.ref().then(() => location.assign("/cookies?avis=choix"));
});
