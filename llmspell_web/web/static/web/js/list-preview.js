// Shows a session at a glance below its row, when the pointer rests on its name or the keyboard on its link. The card can
// be pointed at, stays until it is left, and goes away with Escape. Not on touch screens, and not beside cards.
const SHOW_MILLISECONDS = 450;
const HIDE_MILLISECONDS = 300;
const GAP_PIXELS = 4;
const ENOUGH_PIXELS = 240;
const HAS_ROOM = matchMedia("(hover: hover) and (min-width: 44.01rem)");

const answers = new Map(); // by row, while the page lives
let card = null;
let shown = null; // the row that the card is about
let timer = 0;

const cellOf = (target) => target.closest?.("tr[data-row] > th");

function makeCard() {
  card = document.createElement("div");
  card.className = "preview";
  card.id = "session-preview";
  card.setAttribute("role", "group");
  card.hidden = true;
  document.querySelector("main").append(card);
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", () => hideLater());
}

function load(row) {
  const key = row.dataset.row;
  if (!answers.has(key)) {
    const url = new URL("preview", row.querySelector("th a").href);
    const answer = fetch(url, { headers: { "HX-Request": "true" } }).then((response) => {
      if (response.status >= 500 || response.headers.has("HX-Refresh")) throw new Error(`status ${response.status}`);
      return response.text();
    });
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
  }
  return answers.get(key);
}

// Below the row, or above where there is hardly any room, from the second column on: the names stay in sight and in reach.
function place(row) {
  const { top, bottom } = row.getBoundingClientRect();
  const { right } = row.querySelector("th").getBoundingClientRect();
  const below = innerHeight - bottom - GAP_PIXELS;
  const isBelow = below >= Math.min(card.scrollHeight, ENOUGH_PIXELS) || below > top;
  card.style.maxHeight = `${(isBelow ? below : top) - GAP_PIXELS}px`;
  const left = Math.max(0, Math.min(right, innerWidth - card.offsetWidth - 2 * GAP_PIXELS));
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${(isBelow ? bottom : top - card.offsetHeight) + scrollY}px`;
}

async function show(row) {
  let content;
  try {
    content = await load(row);
  } catch {
    return;
  }
  if (shown !== row || !row.isConnected) return;
  const link = row.querySelector("th a");
  card.innerHTML = content;
  card.setAttribute("aria-label", `Preview of ${link.textContent}`);
  card.hidden = false;
  link.setAttribute("aria-details", card.id);
  place(row);
}

function showLater(row) {
  clearTimeout(timer);
  if (!HAS_ROOM.matches || row === shown) return;
  if (!card) makeCard();
  timer = setTimeout(() => {
    hide();
    shown = row;
    show(row);
  }, SHOW_MILLISECONDS);
}

function hide() {
  clearTimeout(timer);
  shown?.querySelector("th a")?.removeAttribute("aria-details");
  shown = null;
  if (card) card.hidden = true;
}

function hideLater() {
  clearTimeout(timer);
  timer = setTimeout(hide, HIDE_MILLISECONDS);
}

document.addEventListener("pointerover", (event) => {
  const cell = event.pointerType === "touch" ? null : cellOf(event.target);
  if (cell && !cell.contains(event.relatedTarget)) showLater(cell.parentElement);
});
document.addEventListener("pointerout", (event) => {
  const cell = cellOf(event.target);
  if (cell && !cell.contains(event.relatedTarget)) hideLater();
});
document.addEventListener("focusin", (event) => {
  if (cellOf(event.target) && event.target.matches(":focus-visible")) showLater(cellOf(event.target).parentElement);
});
document.addEventListener("focusout", (event) => cellOf(event.target) && hideLater());
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("htmx:beforeSwap", (event) => shown && event.target.contains(shown) && hide());
document.addEventListener("session-row:changed", (event) => {
  answers.delete(event.target.dataset.row);
  if (shown !== event.target) return;
  if (shown.dataset.row) show(shown);
  else hide();
});
