// Theme, density and shortcuts change at once; the cookie makes the server draw the next page the same way.
const YEAR_SECONDS = 365 * 24 * 3600;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-preferences]");
  const choice = event.submitter;
  if (!form || !choice) return;
  event.preventDefault();
  event.stopPropagation();
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie =
    `${choice.name}=${choice.value}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax${secure}`;
  document.documentElement.dataset[choice.name] = choice.value;
  const scheme = { light: "light", dark: "dark" }[choice.value] ?? "light dark";
  if (choice.name === "theme") document.querySelector("meta[name=color-scheme]").content = scheme;
  document.querySelectorAll(`form[data-preferences="${choice.name}"] button`).forEach((button) => {
    button.setAttribute("aria-pressed", String(button.value === choice.value));
  });
}, true);
