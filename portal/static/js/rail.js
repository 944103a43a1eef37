// A long rail begins where its reader is: the entry of this page stands in sight.
const rail = document.querySelector(".rail");
const entry = rail?.querySelector("[aria-current]");
if (entry) {
  const below = entry.getBoundingClientRect().bottom - rail.getBoundingClientRect().bottom;
  if (below > 0) rail.scrollTop += below + rail.clientHeight / 3;
}
