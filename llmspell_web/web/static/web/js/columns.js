// In a form [data-columns] the buttons [data-move] move their line at once; without this they send the form.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-columns] [data-move]");
  if (!button) return;
  event.preventDefault();
  const line = button.closest("li");
  const isUp = button.dataset.move === "up";
  const other = isUp ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (isUp) other.before(line);
  else other.after(line);
  button.focus();
  const place = [...line.parentElement.children].indexOf(line) + 1;
  const name = line.querySelector("label").textContent.trim();
  button.closest("form").querySelector("[data-moved]").textContent = `${name} is at place ${place}.`;
});
