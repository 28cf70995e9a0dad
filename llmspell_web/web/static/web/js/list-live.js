// Keeps the rows of the list under [data-live] as they are on the server, while its tab is in sight (sessions/live.py).
// Rows change in place. One that has left the list stays where it is and says so; one that has come is only announced.
// A row that changed sends "session-row:changed".
const POLL_MILLISECONDS = 2000;
const CATCH_UP_MILLISECONDS = 100;
const PATIENCE_MILLISECONDS = 10_000;
const NEWS_MAX = 100;
const MARKS = { unmatched: "no longer matches", trashed: "moved to trash" };

const known = new WeakMap(); // what each [data-live] was told so far
let round = 0;
let asking = null;

function memory(live) {
  if (!known.has(live)) {
    known.set(live, {
      created: new Set(),
      changed: new Set(),
      away: false,
      at: new Date(),
      isLost: false,
      isPaused: false,
      refusal: "",
    });
  }
  return known.get(live);
}

// Makes an element of the page equal to a fresh one from the server, changing only what differs: what is focused, ticked
// or hovered stays so. Attributes that only the page has (a script put them there) stay.
function morph(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((node, place) => {
    const known = before[place];
    if (!known) old.append(node);
    else if (known.nodeName !== node.nodeName || node instanceof SVGElement) known.replaceWith(node);
    else if (node.nodeType === Node.ELEMENT_NODE) morph(known, node);
    else if (known.nodeValue !== node.nodeValue) known.nodeValue = node.nodeValue;
  });
  for (const node of before.slice(after.length)) node.remove();
}

function mark(row, state) {
  row.querySelector("[data-live-mark]")?.remove();
  row.dataset.state = state;
  if (!MARKS[state]) return;
  const note = document.createElement("span");
  note.className = "live__mark";
  note.dataset.liveMark = "";
  note.textContent = MARKS[state];
  row.querySelector("th").append(note);
}

// What may not be seen any more goes from the page; the line stays, so that nothing moves under the reader's eyes.
function blank(row) {
  const note = document.createElement("td");
  note.colSpan = row.cells.length;
  note.className = "soft";
  note.textContent = "A session that you can no longer see";
  delete row.dataset.row;
  row.dataset.state = "gone";
  row.replaceChildren(note);
  row.dispatchEvent(new CustomEvent("session-row:changed", { bubbles: true }));
}

function showRows(live, news) {
  const parsed = document.createElement("template");
  parsed.innerHTML = news.rows;
  const fresh = new Map([...parsed.content.querySelectorAll("tr[data-row]")].map((row) => [row.dataset.row, row]));
  for (const [key, state] of Object.entries(news.states)) {
    const row = live.parentElement.querySelector(`tr[data-row="${key}"]`);
    if (!row) continue;
    if (state === "gone") {
      blank(row);
      continue;
    }
    row.querySelector("[data-live-mark]")?.remove();
    if (fresh.has(key)) morph(row, fresh.get(key));
    mark(row, state);
    row.dispatchEvent(new CustomEvent("session-row:changed", { bubbles: true }));
  }
}

function remember(news, told) {
  for (const key of news.left) {
    told.created.delete(key);
    told.changed.delete(key);
  }
  for (const name of ["created", "changed"]) {
    for (const key of news[name]) {
      if (told[name].size <= NEWS_MAX && !told.created.has(key)) told[name].add(key);
    }
  }
  told.away ||= news.away;
}

function inWords({ created, changed, away }) {
  if (away) return "The list may have changed while you were away";
  const amount = (keys) => (keys.size > NEWS_MAX ? `${NEWS_MAX}+` : `${keys.size}`);
  const parts = [];
  if (created.size) parts.push(`${amount(created)} new`);
  if (changed.size) parts.push(`${amount(changed)} changed`);
  const one = created.size + changed.size === 1;
  return parts.length ? `${parts.join(" and ")} ${one ? "session matches" : "sessions match"}` : "";
}

function say(live) {
  const told = memory(live);
  const news = inWords(told);
  const at = told.at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const words = told.refusal || (told.isLost ? `Offline — last updated ${at}` : news);
  const place = live.querySelector("[data-live-words]");
  if (place.textContent !== words) place.textContent = words; // said once by screen readers
  const still = live.querySelector("[data-live-still]");
  still.textContent = told.isPaused ? `Paused at ${at}` : "Updates by itself";
  still.hidden = Boolean(words);
  const pause = live.querySelector("[data-live-pause]");
  pause.hidden = Boolean(told.refusal);
  pause.textContent = told.isPaused ? "Go on" : "Pause";
  live.querySelector("[data-live-show]").hidden = !news || told.isLost;
  live.querySelector("[data-live-reload]").hidden = !told.isLost && !told.refusal;
  live.toggleAttribute("data-has-news", Boolean(words));
}

async function ask(live) {
  const url = new URL(live.dataset.url, location.href);
  url.searchParams.set("after", live.dataset.after);
  const keys = [...live.parentElement.querySelectorAll("tr[data-row]")].map((row) => row.dataset.row);
  url.searchParams.set("rows", keys.join(","));
  asking = new AbortController();
  const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(PATIENCE_MILLISECONDS)]);
  const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
  if (answer.status >= 500) throw new Error(`status ${answer.status}`);
  const content = answer.status === 204 ? null : await answer.json();
  return { content, isRefused: answer.status >= 400, after: answer.headers.get("Live-After") };
}

// How long to wait until the next question.
function take(live, { content, isRefused, after }) {
  const told = memory(live);
  told.isLost = false;
  if (isRefused) {
    told.refusal = content.message ?? "This list no longer updates itself.";
    return POLL_MILLISECONDS;
  }
  told.at = new Date();
  live.dataset.after = after;
  if (!content) return POLL_MILLISECONDS;
  showRows(live, content);
  remember(content, told);
  return content.more ? CATCH_UP_MILLISECONDS : POLL_MILLISECONDS;
}

async function poll(isCurrent) {
  const live = document.querySelector("[data-live]"); // another one, when the list was fetched anew
  if (!live || memory(live).refusal || memory(live).isPaused) return POLL_MILLISECONDS;
  let pause = POLL_MILLISECONDS;
  try {
    const answer = await ask(live);
    if (!isCurrent() || !live.isConnected) return pause;
    pause = take(live, answer);
  } catch {
    if (!isCurrent()) return pause;
    memory(live).isLost = true;
  }
  say(live);
  return pause;
}

// One round at a time: a new one ends the one before, and a tab out of sight has none.
async function follow(pause) {
  const mine = ++round;
  const isCurrent = () => mine === round && !document.hidden;
  asking?.abort();
  while (isCurrent()) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (isCurrent()) pause = await poll(isCurrent);
  }
}

document.addEventListener("click", (event) => {
  const live = event.target.closest("[data-live-pause]")?.closest("[data-live]");
  if (!live) return;
  memory(live).isPaused = !memory(live).isPaused;
  say(live);
  follow(0);
});
document.addEventListener("visibilitychange", () => follow(0));
window.addEventListener("online", () => follow(0));
window.addEventListener("pageshow", (event) => event.persisted && follow(0));
follow(POLL_MILLISECONDS);
