// A long rail and a long row of tabs begin where their reader is: the entry of this page is in sight.
const rail = document.querySelector(".rail");
const entry = rail?.querySelector("[aria-current]");
if (entry) {
  const below = entry.getBoundingClientRect().bottom - rail.getBoundingClientRect().bottom;
  if (below > 0) rail.scrollTop += below + rail.clientHeight / 3;
}
for (const tabs of document.querySelectorAll(".tabs")) {
  const current = tabs.querySelector("[aria-current]")?.getBoundingClientRect();
  const beyond = (current?.right ?? 0) - tabs.getBoundingClientRect().right;
  if (beyond > 0) tabs.scrollLeft += beyond + 24;
}
