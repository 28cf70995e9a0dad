// `j` and `k` move the focus from row to row, `x` ticks the row's box. Enter is the link's own. The keys come from keys.js.
let last = ""; // the row that had the focus when it went elsewhere

const rows = () => [...document.querySelectorAll("tr[data-row]")];
const current = () => document.activeElement.closest?.("tr[data-row]");

function move(step) {
  const all = rows();
  const here = current() ?? all.find((row) => row.dataset.row === last);
  const place = here ? all.indexOf(here) + (current() ? step : 0) : 0;
  const row = all[Math.min(Math.max(place, 0), all.length - 1)];
  row?.querySelector("th a").focus();
  row?.scrollIntoView({ block: "nearest" });
  return Boolean(row);
}

function tick() {
  const box = current()?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

const ACTIONS = { j: () => move(1), k: () => move(-1), x: tick };

document.body.addEventListener("shortcut", (event) => {
  const { key, repeat } = event.detail;
  if ((key !== "x" || !repeat) && ACTIONS[key]?.()) event.preventDefault();
});

document.addEventListener("focusin", () => (last = current()?.dataset.row ?? last));
