// Keeps what is typed in the editor in this browser, per account, until it is the same as what the server shows.
const box = document.querySelector("[data-editor]");
const textarea = box.querySelector("textarea");
const note = document.querySelector("[data-draft-note]");
const key = `llmspell:draft:${box.dataset.account}`;
const loaded = textarea.value;
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
window.addEventListener("pagehide", () => {
  if (timer) save();
});
