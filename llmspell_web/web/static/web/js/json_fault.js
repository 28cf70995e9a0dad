// Puts the cursor where JSON could not be read.
const fault = document.querySelector("[data-json-fault]");
const area = document.querySelector("textarea[data-json]");

if (fault && area) {
  const place = Number(fault.dataset.jsonFault);
  area.focus({ preventScroll: true });
  area.setSelectionRange(place, Math.min(place + 1, area.value.length));
  const lines = area.value.slice(0, place).split("\n").length;
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, lines * height - area.clientHeight / 2);
  area.scrollIntoView({ block: "center" });
}
