// The bar above the list: counts the ticked rows, ticks the page or everything that matches, and offers what can be
// done only when there is something to do it with. Rows that are put in anew keep their tick; a new list has none.
const ticked = new WeakMap(); // bar → the ids of its ticked rows
let last = null; // the row that was ticked last: Shift ticks all from there

const findBar = () => document.querySelector("[data-bulk]");
const rowsOf = (bar) => [...bar.elements].filter((element) => element.matches("[data-bulk-row]"));
const isEverything = (bar) => bar.elements.which.value === "everything";

function show(bar) {
  const rows = rowsOf(bar);
  const here = new Set(rows.map((row) => row.value));
  const ids = new Set([...(ticked.get(bar) ?? [])].filter((id) => here.has(id)));
  const everything = isEverything(bar);
  ticked.set(bar, ids);
  for (const row of rows) row.checked = everything || ids.has(row.value);

  const page = bar.querySelector("[data-bulk-page]");
  const all = bar.querySelector("[data-bulk-all]");
  page.checked = rows.length > 0 && rows.every((row) => row.checked);
  page.indeterminate = !page.checked && ids.size > 0;
  const total = bar.querySelector("[data-bulk-total]")?.textContent.trim() || rows.length;
  const words = everything ? `All ${total} that match` : ids.size ? `${ids.size} selected` : "None selected";
  const count = bar.querySelector("[data-bulk-count]");
  if (count.textContent !== words) count.textContent = words;
  bar.querySelector("[data-bulk-again]").textContent = words;
  const isEmpty = !everything && ids.size === 0;
  bar.toggleAttribute("data-has-chosen", !isEmpty);
  for (const button of bar.querySelectorAll("[data-bulk-act]")) button.disabled = isEmpty;
  const compare = bar.querySelector("[data-bulk-compare]");
  if (compare) {
    compare.hidden = everything || ids.size !== 2;
    compare.href = `${compare.dataset.url}?${new URLSearchParams([...ids].map((id) => ["selected", id]))}`;
  }
  bar.querySelector("[data-bulk-clear]").hidden = isEmpty;
  if (!all) return;
  all.hidden = everything || !page.checked;
  if (!all.hidden) all.dispatchEvent(new CustomEvent("bulk:full"));
}

function choose(bar, which, ids) {
  bar.elements.which.value = which;
  ticked.set(bar, new Set(ids));
  show(bar);
}

function tick(row) {
  const bar = row.form;
  choose(bar, "selected", rowsOf(bar).filter((other) => other.checked).map((other) => other.value));
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-bulk-row]");
  if (row?.form) {
    const rows = rowsOf(row.form);
    const [from, to] = [rows.indexOf(last), rows.indexOf(row)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) for (const other of rows.slice(from, to + 1)) other.checked = row.checked;
    last = row;
  }
  const bar = event.target.closest?.("[data-bulk]");
  if (event.target.closest?.("[data-bulk-all]")) {
    choose(bar, "everything", []);
    bar.querySelector("[data-bulk-clear]").focus();
  } else if (event.target.closest?.("[data-bulk-clear]")) {
    choose(bar, "selected", []);
    bar.querySelector("[data-bulk-page]").focus();
  }
});

// A button of the bar whose answer is a file, and not a question in the dialog.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-plain]");
  if (!button) return;
  event.preventDefault();
  location.assign(`${button.formAction}?${new URLSearchParams(new FormData(button.form))}`);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-bulk-row]") && target.form) tick(target);
  if (target.matches("[data-bulk-page]")) {
    choose(target.form, "selected", target.checked ? rowsOf(target.form).map((row) => row.value) : []);
  }
});

function refresh() {
  const bar = findBar();
  if (bar) show(bar);
}

for (const name of ["htmx:afterSettle", "htmx:historyRestore"]) document.addEventListener(name, refresh);
refresh();
