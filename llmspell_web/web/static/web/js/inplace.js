// Escape leaves a form that was opened in place of a field, as its Cancel does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.target.closest?.("form[data-inplace]")?.querySelector("[data-cancel]")?.click();
});

// What opens a form looks and answers like a button: also to the space bar.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});
