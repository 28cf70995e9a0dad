// Shows what the run has used so far beside what it may use.
function amount(name, value) {
  if (name.endsWith("_seconds")) return value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(0)} s`;
  if (!name.endsWith("_bytes")) return Math.trunc(value).toLocaleString("en");
  if (value < 1024) return `${value} bytes`;
  const units = ["KB", "MB", "GB"];
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

function show(name, used, allowed) {
  const item = document.querySelector(`[data-usage="${CSS.escape(name)}"]`);
  if (!item) return;
  const meter = item.querySelector("meter");
  if (allowed !== undefined) {
    meter.max = allowed;
    item.querySelector("[data-allowed]").textContent = amount(name, allowed);
  }
  meter.value = used;
  item.querySelector("[data-used]").textContent = amount(name, used);
}

document.body.addEventListener("run:usage", ({ detail: { usage } }) => {
  for (const [name, { used, allowed }] of Object.entries(usage)) show(name, used, allowed);
});

document.body.addEventListener("run:started", () => {
  for (const item of document.querySelectorAll("[data-usage]")) show(item.dataset.usage, 0);
});
