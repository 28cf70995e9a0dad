// Suggests fields and values at the caret of the input in [data-complete=URL], in the listbox there, as a combobox: arrows
// choose, Enter and Tab take what is chosen, Escape closes, and typing goes on. Places are counted in characters. In a
// textarea only words that begin with @ are completed, and of what is written only these are sent.
const DELAY_MILLISECONDS = 100;

let box = null; // the input that suggestions are for
let answer = null; // {start, end, suggestions}
let chosen = -1;
let timer = 0;
let asking = null; // set while an answer is on its way

const list = () => box.closest("[data-complete]").querySelector("[role=listbox]");
const characters = (text) => [...text].length;
const isLong = () => box.tagName === "TEXTAREA";
const MENTION = /(?:^|[^\p{L}\p{N}_@./+-])(@[\p{L}\p{N}_.@+-]{0,150})$/u;

// What is asked about, and how many characters stand before it; null for nothing.
function asked() {
  const before = box.value.slice(0, box.selectionStart);
  if (!isLong()) return { text: box.value, at: characters(before), offset: 0 };
  const word = MENTION.exec(before)?.[1];
  return word ? { text: word, at: characters(word), offset: characters(before) - characters(word) } : null;
}

// An input is a combobox only with this script.
function adopt(input) {
  if (input === box) return;
  close();
  box = input;
  if (!isLong()) box.setAttribute("role", "combobox"); // which a text of several lines cannot be
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list().id);
  setOpen(false);
}

function setOpen(isOpen) {
  list().hidden = !isOpen;
  if (!isLong()) box.setAttribute("aria-expanded", String(isOpen));
}

async function ask() {
  const { signal } = asking;
  const question = asked();
  if (!question) return close();
  const url = new URL(box.closest("[data-complete]").dataset.complete, location.href);
  url.searchParams.set("q", question.text);
  url.searchParams.set("at", question.at);
  try {
    const response = await fetch(url, { signal, headers: { Accept: "application/json" } });
    const found = response.ok ? await response.json() : null;
    if (signal.aborted) return;
    asking = null;
    if (found) open({ ...found, start: found.start + question.offset, end: found.end + question.offset });
  } catch {
    // Nothing is suggested while the server is away; the box takes every word as before.
  }
}

function askSoon(delay = DELAY_MILLISECONDS) {
  stopAsking();
  asking = new AbortController();
  timer = setTimeout(ask, delay);
}

function stopAsking() {
  clearTimeout(timer);
  asking?.abort();
  asking = null;
}

function open(found) {
  const term = [...box.value].slice(found.start, found.end).join("");
  found.suggestions = found.suggestions.filter(({ text }) => text !== term);
  if (!found.suggestions.length) return close();
  answer = found;
  list().replaceChildren(...found.suggestions.map(makeOption));
  setOpen(true);
  choose(-1);
}

function makeOption({ label, note }, place) {
  const option = document.createElement("li");
  option.id = `${box.id}_option_${place}`;
  option.setAttribute("role", "option");
  const name = document.createElement("span");
  name.textContent = label;
  const words = document.createElement("span");
  words.className = "completion__note";
  words.textContent = note;
  option.append(name, " ", words);
  return option;
}

function close() {
  stopAsking();
  if (!answer) return;
  answer = null;
  if (!box.isConnected) return;
  setOpen(false);
  box.removeAttribute("aria-activedescendant");
}

function choose(place) {
  const options = [...list().children];
  chosen = place;
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
  if (place < 0) return box.removeAttribute("aria-activedescendant");
  box.setAttribute("aria-activedescendant", options[place].id);
  options[place].scrollIntoView({ block: "nearest" });
}

function take(place) {
  const { start, end, suggestions } = answer;
  const text = [...box.value];
  const isWhole = !/[:.]$/.test(suggestions[place].text);
  const rest = text.slice(end).join("");
  const before = text.slice(0, start).join("") + suggestions[place].text + (isWhole && !rest.startsWith(" ") ? " " : "");
  box.value = before + rest;
  box.setSelectionRange(before.length, before.length);
  close();
  if (!isLong()) askSoon();
}

function onKey(event) {
  if (event.isComposing) return;
  if (!answer) {
    if (event.key === "ArrowDown" && !isLong()) askSoon(0);
    else if (event.key === "Escape" && asking) close(); // else the browser empties the box
    else return;
    event.preventDefault();
    return;
  }
  const count = answer.suggestions.length;
  if (event.key === "ArrowDown") choose(chosen + 1 < count ? chosen + 1 : -1);
  else if (event.key === "ArrowUp") choose(chosen < 0 ? count - 1 : chosen - 1);
  else if (event.key === "Escape") close();
  else if (chosen >= 0 && (event.key === "Enter" || event.key === "Tab")) take(chosen);
  else {
    if (event.key === "Enter") close();
    return;
  }
  event.preventDefault();
}

const BOXES = "[data-complete] input, [data-complete] textarea";
const isBox = (target) => target.matches?.(BOXES);

document.addEventListener("focusin", (event) => isBox(event.target) && adopt(event.target));
document.addEventListener("focusout", (event) => event.target === box && close());
document.addEventListener("input", (event) => event.target === box && askSoon());
document.addEventListener("keydown", (event) => event.target === box && onKey(event));
document.addEventListener("click", (event) => event.target === box && close());
// Pressed, the list leaves the focus in the box.
document.addEventListener("mousedown", (event) => {
  const option = answer && event.target.closest?.("[role=option]");
  if (!option || option.parentElement !== list()) return;
  event.preventDefault();
  take([...list().children].indexOf(option));
});
for (const input of document.querySelectorAll("[data-complete] input")) adopt(input);
