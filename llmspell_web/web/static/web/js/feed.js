// The page of the history while it is open: says how many entries have come, without moving any. A page that found nothing
// in what it looked through goes on by itself.
const POLL_MILLISECONDS = 2000;
const PATIENCE_MILLISECONDS = 10_000;
const NEW_MAX = 99;
const ONWARDS_MILLISECONDS = 200; // in which somebody can stop it

const live = document.querySelector("[data-feed-live]");
const find = (name) => live.querySelector(`[data-feed-${name}]`);

function say(words, hasNews) {
  const place = find("words");
  if (place.textContent !== words) place.textContent = words; // said once by screen readers
  find("still").textContent = "Updates by itself";
  find("still").hidden = Boolean(words);
  find("show").hidden = !hasNews;
  live.toggleAttribute("data-has-news", hasNews);
}

async function ask() {
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const answer = await fetch(live.dataset.url, { signal, headers: { Accept: "application/json" } });
  if (answer.status === 204) return [];
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).keys;
}

let isAsking = false;

async function poll() {
  if (document.hidden || isAsking) return;
  isAsking = true;
  try {
    const count = (await ask()).filter((key) => !document.getElementById(key)).length;
    say(count ? `${count > NEW_MAX ? `${NEW_MAX}+` : count} new` : "", count > 0);
  } catch {
    say("Connection lost, trying again…", false);
  }
  isAsking = false;
}

if (live) {
  setInterval(poll, POLL_MILLISECONDS);
  document.addEventListener("visibilitychange", poll);
}

const onwards = document.querySelector("[data-feed-onwards]");
if (onwards) setTimeout(() => location.replace(onwards.href), ONWARDS_MILLISECONDS);
