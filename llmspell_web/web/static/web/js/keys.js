// Single keys that work on every page: `?` lists them, `/` goes to the search box, `g c` opens the current session.
// Whoever does not want them switches them off in that list; this browser remembers it.
// Any other key that is meant for the page, and not for what has the focus, is announced as "shortcut" {key, repeat} on
// document.body; who takes it prevents the default.
const STORED = "keys";
const SECOND_KEY_MILLISECONDS = 1500;
const TYPED_INTO = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
const dialog = document.querySelector("[data-keys]");

const areOn = () => localStorage.getItem(STORED) !== "off";

function isShortcut(event) {
  if (!areOn() || event.defaultPrevented || event.isComposing) return false;
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  return !event.target.closest?.(TYPED_INTO) && !document.querySelector("dialog[open]");
}

function openDialog() {
  dialog.querySelector("[data-keys-switch]").checked = areOn();
  dialog.showModal();
}

function focusSearch() {
  const box = document.querySelector("[type=search]");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function openCurrent() {
  const link = document.querySelector("[data-current-session]");
  if (link) location.assign(link.href);
  return Boolean(link);
}

const ACTIONS = { "?": () => (openDialog(), true), "/": focusSearch, "g c": openCurrent };
let first = "";
let forget = 0;

function announce({ key, repeat }) {
  const detail = { key, repeat };
  return !document.body.dispatchEvent(new CustomEvent("shortcut", { detail, cancelable: true }));
}

function onKey(event) {
  if (!isShortcut(event)) return;
  const keys = first ? `${first} ${event.key}` : event.key;
  clearTimeout(forget);
  first = !first && event.key === "g" ? "g" : "";
  if (first) forget = setTimeout(() => (first = ""), SECOND_KEY_MILLISECONDS);
  const isTaken = ACTIONS[keys] ? ACTIONS[keys]() : announce(event);
  if (isTaken) event.preventDefault();
}

if (dialog) {
  document.addEventListener("keydown", onKey);
  dialog.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-switch]")) localStorage.setItem(STORED, event.target.checked ? "on" : "off");
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-keys-close]")) dialog.close();
  });
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", openDialog);
  }
}
