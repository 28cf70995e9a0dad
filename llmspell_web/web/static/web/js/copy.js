// Gives every place of the metadata two buttons: copy its path, copy its value. Values of objects and lists are fetched.
function makeButton(label, text, read) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "json__copy";
  button.textContent = text;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(await read());
      button.textContent = "copied";
    } catch {
      button.textContent = "not copied";
    }
    setTimeout(() => {
      button.textContent = text;
    }, 1500);
  });
  return button;
}

async function fetchText(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`value: ${response.status}`);
  return response.text();
}

function enhance(node) {
  if (node.dataset.copyReady) return;
  node.dataset.copyReady = "yes";
  const path = node.dataset.copyPath;
  const inside = node.querySelector(":scope > details > [data-copy-value]");
  const own = node.querySelector(":scope > [data-copy-text], :scope > details > [data-copy-text]");
  const value = () => (inside ? fetchText(inside.dataset.copyValue) : own.textContent);
  const box = node.querySelector(":scope > .json__side");
  box.prepend(makeButton(`Copy the path ${path}`, "path", () => path), makeButton(`Copy the value of ${path}`, "value", value));
}

function enhanceAll() {
  for (const node of document.querySelectorAll("[data-copy-path]")) enhance(node);
}

if (navigator.clipboard) {
  enhanceAll();
  document.addEventListener("htmx:afterSettle", enhanceAll);
}
