// The comments on a page while it is open: what poll.js brings takes the place of [data-comments], unless somebody is writing
// or walking in it; then it waits. What was not there before is marked and said.
const root = () => document.querySelector("[data-comments]");
const keys = (within) => [...within.querySelectorAll("[data-comment]")].map(({ id }) => id);

const isWritten = ({ value, defaultValue }) => value !== defaultValue;

function isUsed(part) {
  return part.contains(document.activeElement) || [...part.querySelectorAll("textarea")].some(isWritten);
}

function say(words) {
  const place = document.querySelector("[data-comments-news]");
  if (place && place.textContent !== words) place.textContent = words; // said once by screen readers
}

let shown = root() ? keys(root()) : [];

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  if (!part.matches?.("[data-comments]") || event.detail.xhr.status !== 200) return;
  if (!isUsed(part)) return;
  event.detail.shouldSwap = false;
  say("There is something new here; it comes when you have finished.");
});

document.body.addEventListener("htmx:afterSwap", () => {
  const part = root();
  if (!part) return;
  const now = keys(part);
  const added = now.filter((key) => !shown.includes(key));
  shown = now;
  for (const key of added) document.getElementById(key).classList.add("comment--new");
  say(added.length ? `${added.length} new comment${added.length === 1 ? "" : "s"}` : "");
});

// The number of a line begins a comment on it, and with Shift one on the lines up to it.
function writeOn(line, isEnd) {
  const form = document.querySelector("#write");
  const { line: first, last_line: last, path } = form.elements;
  const number = Number(line.id.slice(1));
  const goesOn = isEnd && first.value && Number(first.value) <= number;
  if (!goesOn) first.value = number;
  last.value = goesOn ? number : "";
  path.value = "";
  form.querySelector("details").open = true;
  form.elements.text.focus();
}

function hearNumbers() {
  for (const text of document.querySelectorAll("[data-write]")) text.dataset.write = "heard";
}

document.addEventListener("click", (event) => {
  if (event.target.matches?.("[data-write] > li")) writeOn(event.target, event.shiftKey);
});
document.addEventListener("htmx:afterSettle", hearNumbers);
hearNumbers();

// A place was chosen to write about: the form is where to go on.
if (location.hash === "#write") document.querySelector("#write textarea")?.focus();
