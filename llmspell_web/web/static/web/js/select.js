// Tells how many rows are chosen, chooses all on the page, and disables [data-needs-selection] while none is. What is
// chosen stays so when the list is read anew.
// The rows are checkboxes that belong to the form [data-selection], wherever they stand.
const boxesOf = (form) => [...form.elements].filter((element) => element.name === "artifact");

function update() {
  const form = document.querySelector("[data-selection]");
  if (!form) return;
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  const everything = form.elements.namedItem("which")?.checked; // which only an act knows
  for (const button of form.querySelectorAll("[data-needs-selection]")) {
    button.disabled = chosen === 0 && !(everything && button.name === "act");
  }
  form.querySelector("[data-selected]").textContent = chosen ? `${chosen} chosen` : "";
  const all = form.querySelector("[data-select-all]");
  all.hidden = false;
  const box = all.querySelector("input");
  box.checked = chosen > 0 && chosen === boxes.length;
  box.indeterminate = chosen > 0 && chosen < boxes.length;
}

document.addEventListener("change", ({ target }) => {
  if (target.closest("[data-select-all]")) {
    for (const box of boxesOf(target.form)) box.checked = target.checked;
  }
  if (target.form?.matches("[data-selection]")) update();
});
let kept = new Set();
document.addEventListener("htmx:beforeSwap", () => {
  const form = document.querySelector("[data-selection]");
  kept = new Set(form && boxesOf(form).filter((box) => box.checked).map((box) => box.value));
});
document.addEventListener("htmx:afterSettle", () => {
  const form = document.querySelector("[data-selection]");
  for (const box of form ? boxesOf(form) : []) if (kept.has(box.value)) box.checked = true;
  update();
});
window.addEventListener("pageshow", update); // a page that comes back has its boxes as they were left
update();
