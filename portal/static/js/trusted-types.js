// The one door by which text becomes markup (Trusted Types): it may be read into a document of its
// own, where nothing loads and nothing runs, as htmx does with what this server drew. Into the page
// itself no text goes but where a library that is not ours needs it: the admin, Swagger. There is
// no door by which text becomes a script or the address of one; the browser refuses what tries.
{
  const reading = ["DOMParser parseFromString", "Document parseHTMLUnsafe"];
  const isForLibraries = "libraries" in document.currentScript.dataset;
  const doors = new Set(isForLibraries ? [...reading, "Element innerHTML"] : reading);
  window.trustedTypes?.createPolicy("default", {
    createHTML: (html, _type, door) => (doors.has(door) ? html : null),
  });
}
