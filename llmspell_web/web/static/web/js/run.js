// Starts a run without leaving the page, stops it, and shows its status and outcome.
// Events on document.body: "run:started" {id, url}, then from stream.js "run:status", "run:ended".
const panel = document.querySelector("[data-run-panel]");
const form = document.querySelector("[data-run-form]");
const errorBox = document.querySelector("[data-run-error]");
const stopForm = panel.querySelector("[data-stop-form]");
const stopButton = panel.querySelector("[data-stop-button]");
const statusBox = panel.querySelector("[data-run-status]");
const outcome = panel.querySelector("[data-outcome]");
const RETRY_MILLISECONDS = 1000;
const WORDS = {
  queued: "Queued",
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  limit: "Limit reached",
  stopped: "Stopped",
  interrupted: "Interrupted",
};
let current = panel.querySelector("[data-console]").dataset.url ?? "";
let starting = false;

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]").value;
}

function post(url, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  return fetch(url, { method: "POST", headers, body });
}

function complain(message) {
  errorBox.textContent = message;
  errorBox.hidden = !message;
}

function showStatus(status, words = WORDS[status]) {
  const badge = document.createElement("span");
  badge.className = `badge badge--${status}`;
  badge.dataset.status = status;
  badge.textContent = words;
  const link = document.createElement("a");
  link.className = "small";
  link.href = current;
  link.textContent = "main.lua";
  statusBox.replaceChildren(badge, link);
  statusBox.dataset.url = current;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (starting) return;
  starting = true;
  complain("");
  try {
    const response = await post(form.action, new URLSearchParams(new FormData(form)));
    const answer = await response.json().catch(() => ({ message: "The server did not answer as expected. Reload this page and try again." }));
    if (response.status !== 201) return complain(answer.message);
    current = answer.url;
    outcome.replaceChildren();
    showStatus("queued");
    stopForm.action = `${current}stop`;
    stopButton.disabled = false;
    document.querySelector("main > .messages")?.remove();
    panel.scrollIntoView({ block: "nearest" });
    document.body.dispatchEvent(new CustomEvent("run:started", { detail: answer }));
  } catch {
    complain("The server cannot be reached. Your script is kept here: try again in a moment.");
  } finally {
    starting = false;
  }
});

stopForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  stopButton.disabled = true;
  try {
    const response = await post(stopForm.action);
    if (response.ok) return;
    const answer = await response.json();
    if (errorBox) complain(answer.message);
  } catch {
    stopButton.disabled = false;
  }
});

document.body.addEventListener("run:status", ({ detail: { status } }) => showStatus(status));

document.body.addEventListener("run:connection", ({ detail: { lost } }) => {
  if (lost) showStatus("interrupted", "Connection lost, trying again…");
});

// A run also ends because its server does: asks until the server is back.
async function showOutcome(url) {
  while (url === current) {
    try {
      return await htmx.ajax("GET", url, { target: outcome, swap: "innerHTML" });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }
}

document.body.addEventListener("run:ended", async ({ detail: { status, url } }) => {
  if (url !== current) return;
  stopButton.disabled = true;
  showStatus(status);
  await showOutcome(url);
});
