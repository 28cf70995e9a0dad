// Sets Ace up for our pages: the worker's address under the strict CSP, the theme of the reader's colour scheme,
// Ctrl+Enter to run, and marking a line. Announces "editor:ready" on [data-editor] with the Ace editor.
const box = document.querySelector("[data-editor]");
const textarea = box.querySelector("textarea");

if (window.ace) {
  ace.config.set("loadWorkerFromBlob", false);
  ace.config.setModuleUrl("ace/mode/lua_worker", box.dataset.worker);
  // The widget builds the editor when the window has loaded; its listener was added before this one.
  if (document.readyState === "complete") setUp();
  else window.addEventListener("load", setUp);
}

function setUp() {
  const editor = box.querySelector(".django-ace-widget").editor;
  followColourScheme(editor);
  editor.setOptions({ fontFamily: "var(--font-mono)", scrollPastEnd: 0.3, enableBasicAutocompletion: true });
  editor.textInput.getElement().setAttribute("aria-label", "Lua script. Escape, then Tab leaves the editor.");
  editor.renderer.setScrollMargin(8, 8);
  editor.commands.addCommand({
    name: "run",
    bindKey: { win: "Ctrl-Enter", mac: "Command-Enter|Ctrl-Enter" },
    exec: () => box.closest("form").requestSubmit(),
  });
  // Tab indents; Escape hands it back to the page, so that the keyboard is never caught here.
  editor.commands.addCommand({ name: "leave", bindKey: "Esc", exec: () => setTabCaught(editor, false) });
  editor.on("focus", () => setTabCaught(editor, true));
  box.classList.add("is-ready");
  box.editor = editor;
  box.dispatchEvent(new CustomEvent("editor:ready", { detail: { editor }, bubbles: true }));
  const line = Number(box.dataset.line);
  if (line) markLine(editor, line);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goto-line]");
    if (!link) return;
    event.preventDefault();
    markLine(editor, Number(link.dataset.gotoLine));
    editor.focus();
  });
  document.body.addEventListener("run:started", () => clearMark(editor));
}

function followColourScheme(editor) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => editor.setTheme(dark.matches ? "ace/theme/github_dark" : "ace/theme/github_light_default");
  dark.addEventListener("change", apply);
  apply();
}

function setTabCaught(editor, caught) {
  editor.commands.bindKey("Tab", caught ? "indent" : null);
  editor.commands.bindKey("Shift-Tab", caught ? "outdent" : null);
}

let marker = null;

function clearMark(editor) {
  if (marker === null) return;
  editor.session.removeMarker(marker.id);
  editor.session.removeGutterDecoration(marker.row, "editor-error-gutter");
  marker = null;
}

function markLine(editor, line) {
  clearMark(editor);
  const { Range } = ace.require("ace/range");
  const row = line - 1;
  marker = { row, id: editor.session.addMarker(new Range(row, 0, row, 1), "editor-error-line", "fullLine", true) };
  editor.session.addGutterDecoration(row, "editor-error-gutter");
  editor.gotoLine(line, 0, false);
  editor.scrollToLine(line - 1, true, false);
  box.scrollIntoView({ block: "nearest" });
}
