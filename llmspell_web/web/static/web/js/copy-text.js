// Gives whatever names a text in `data-copy` a button that copies it; with `data-copy-link`, as a whole address.
function addButton(place) {
  if (place.dataset.copyTextReady) return;
  place.dataset.copyTextReady = "yes";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--small button--quiet copy-text";
  button.textContent = "Copy";
  button.setAttribute("aria-label", place.dataset.copyLabel);
  button.addEventListener("click", async () => {
    const text = place.dataset.copy;
    try {
      await navigator.clipboard.writeText("copyLink" in place.dataset ? new URL(text, location.href).href : text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  });
  place.append(" ", button);
}

function addButtons() {
  for (const place of document.querySelectorAll("[data-copy]")) addButton(place);
}

if (navigator.clipboard) {
  addButtons();
  document.addEventListener("htmx:afterSettle", addButtons);
}
