// Uploading into a session: files that are chosen or dropped wait in a list with what to store them as, then travel a
// few at a time, each with its progress, Cancel, and its own error in words. The table is read anew at the end.

const PARALLEL = 2;
const panel = document.querySelector("[data-upload]");
const form = panel.querySelector("form");
const input = form.querySelector("input[type=file]");
const list = panel.querySelector("[data-upload-list]");
const template = panel.querySelector("[data-upload-template]");
const status = panel.querySelector("[data-upload-status]");
const clear = panel.querySelector("[data-upload-clear]");
const maxBytes = Number(panel.dataset.maxBytes);
const items = new Set();
const WORDS = { ready: "Ready", waiting: "Waiting", sending: "Sending…", storing: "Storing…", cancelled: "Cancelled" };
const ENDED = ["stored", "failed", "cancelled", "refused"];
let storedSince = 0;

const count = (...states) => [...items].filter((item) => states.includes(item.state)).length;
const files = (number) => `${number} ${number === 1 ? "file" : "files"}`;

// Sends one file of an upload, a request of its own; `attempt` is the same when it is sent again, so that what arrived
// the first time is not stored twice. `onProgress` gets the part that has been sent, 0 to 1.
// Resolves to {ok, version} or {ok: false, message}; rejects with AbortError when `signal` says so.
function sendFile(url, fields, file, { attempt, token, signal, onProgress }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("name", file.name);
  body.append("attempt", attempt);
  body.append("content", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve(readAnswer(request)));
    request.addEventListener("error", () => {
      resolve({ ok: false, message: "The connection was lost before the server answered." });
    });
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

// A UUID in 32 digits: crypto.randomUUID is missing where the page came without TLS.
function newAttempt() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function readAnswer({ status, responseText }) {
  let answer = {};
  try {
    answer = JSON.parse(responseText);
  } catch {
    // Not ours: a proxy's page, or the server's own when it fails.
  }
  if (status === 201) return { ok: true, version: answer.version };
  return { ok: false, message: answer.message ?? `The server answered with status ${status}.` };
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const unit = bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
  return `${(bytes / 1024 ** unit).toFixed(1)} ${["KB", "MB", "GB"][unit - 1]}`;
}

function show(item, state, words = WORDS[state]) {
  item.state = state;
  const part = (name) => item.row.querySelector(`[data-${name}]`);
  item.row.dataset.uploadState = state;
  part("state").textContent = words;
  part("progress").hidden = !["waiting", "sending", "storing"].includes(state);
  part("retry").hidden = !["failed", "cancelled"].includes(state);
  part("cancel").hidden = ["storing", "stored"].includes(state); // what has left cannot be called back
  part("cancel").textContent = ["waiting", "sending"].includes(state) ? "Cancel" : "Remove";
  showTotals();
}

function showTotals() {
  const underway = count("waiting", "sending", "storing");
  const parts = [
    [count("stored"), "stored"],
    [underway, "under way"],
    [count("failed", "refused"), "failed"],
  ];
  status.textContent = parts.filter(([number]) => number).map(([number, word]) => `${number} ${word}`).join(", ");
  form.querySelector("[data-upload-label]").textContent = count("ready") ? `Upload ${files(count("ready"))}` : "Upload";
  clear.hidden = count(...ENDED) === 0;
  list.hidden = items.size === 0;
}

function add(file, refusal = "") {
  const row = template.content.firstElementChild.cloneNode(true);
  const item = { file, row, state: "", abort: null, attempt: newAttempt() };
  items.add(item);
  row.querySelector("[data-name]").textContent = file.name;
  row.querySelector("[data-size]").textContent = size(file.size);
  row.querySelector("[data-progress]").setAttribute("aria-label", `Progress of ${file.name}`);
  const cancel = row.querySelector("[data-cancel]");
  cancel.addEventListener("click", () => (["waiting", "sending"].includes(item.state) ? stop(item) : remove(item)));
  row.querySelector("[data-retry]").addEventListener("click", () => start([item]));
  list.append(row);
  const tooLarge = file.size > maxBytes && `Too large: a file has at most ${panel.dataset.maxSize}.`;
  if (refusal || tooLarge) show(item, "refused", refusal || tooLarge);
  else show(item, "ready");
}

function remove(item) {
  items.delete(item);
  item.row.remove();
  showTotals();
}

function stop(item) {
  if (item.state === "waiting") show(item, "cancelled");
  else item.abort.abort();
}

function start(chosen) {
  const fields = Object.fromEntries(["type", "tags", "description"].map((name) => [name, form.elements[name].value]));
  for (const item of chosen) {
    item.fields = fields;
    item.row.querySelector("[data-progress]").value = 0;
    show(item, "waiting");
  }
  fill();
}

function fill() {
  for (const item of items) {
    if (count("sending", "storing") >= PARALLEL) return;
    if (item.state === "waiting") send(item);
  }
  if (count("waiting", "sending", "storing") === 0) readTable();
}

async function send(item) {
  item.abort = new AbortController();
  show(item, "sending");
  try {
    const answer = await sendFile(form.action, item.fields, item.file, {
      attempt: item.attempt,
      token: form.elements.csrfmiddlewaretoken.value,
      signal: item.abort.signal,
      onProgress: (part) => {
        item.row.querySelector("[data-progress]").value = part;
        if (part === 1) show(item, "storing");
        else item.row.querySelector("[data-state]").textContent = `Sending… ${Math.floor(100 * part)} %`;
      },
    });
    if (answer.ok) storedSince += 1;
    show(item, answer.ok ? "stored" : "failed", answer.ok ? `Stored as version ${answer.version}` : answer.message);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    show(item, "cancelled");
  }
  fill();
}

function readTable() {
  if (!storedSince) return;
  storedSince = 0;
  htmx.ajax("GET", location.pathname + location.search, { target: "#artifact-list" });
}

input.required = false; // the list holds what is sent
panel.querySelector("[data-upload-hint]").hidden = false;
input.addEventListener("change", () => {
  for (const file of input.files) add(file);
  input.value = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const ready = [...items].filter((item) => item.state === "ready");
  if (ready.length) start(ready);
  else input.click();
});
clear.addEventListener("click", () => {
  for (const item of [...items]) if (ENDED.includes(item.state)) remove(item);
});
window.addEventListener("beforeunload", (event) => {
  if (count("waiting", "sending", "storing")) event.preventDefault();
});
document.addEventListener("upload:files", ({ detail }) => {
  panel.open = true;
  for (const { file, refusal } of detail) add(file, refusal);
  form.elements.type.focus();
});
