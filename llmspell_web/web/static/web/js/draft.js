// Keeps what is typed in the editor in this browser, per account, until it is the same as what the server shows:
// the script that was opened, and from a run on, the one that was run.
const box = document.querySelector("[data-editor]");
const textarea = box.querySelector("textarea");
const note = document.querySelector("[data-draft-note]");
const key = `llmspell:draft:${box.dataset.account}`;
let loaded = textarea.value;
let sent = loaded;
let timer;

function save() {
  const source = textarea.value;
  try {
    if (source === loaded) localStorage.removeItem(key);
    else localStorage.setItem(key, source);
  } catch {
    // Full or forbidden storage: there is no draft then, and everything else works.
  }
  note.hidden = source === loaded;
  if (source !== loaded) leaveChosen();
}

// What was opened by its address is not what a reload should bring back once it is changed or another run is shown.
function leaveChosen() {
  history.replaceState(history.state, "", location.pathname);
}

function read() {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

box.addEventListener("editor:ready", ({ detail: { editor } }) => {
  const draft = box.dataset.chosen === "true" ? null : read();
  if (draft !== null && draft !== loaded) {
    editor.session.setValue(draft);
    note.hidden = false;
  }
  editor.session.on("change", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  });
  note.querySelector("[data-draft-discard]").addEventListener("click", () => {
    editor.session.setValue(loaded);
    save();
    editor.focus();
  });
});
box.closest("form").addEventListener("submit", () => {
  sent = textarea.value;
});
document.body.addEventListener("run:started", () => {
  loaded = sent;
  save();
  leaveChosen();
});
window.addEventListener("pagehide", () => {
  if (timer) save();
});
