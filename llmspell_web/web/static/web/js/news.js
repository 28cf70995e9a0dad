// The number beside "History": what others did since the account last read it. Asked for after the page, so that no
// page waits for it, and now and then while the tab is in sight.
const PERIOD_MILLISECONDS = 30_000;
const badge = document.querySelector("[data-news]");

function show(news) {
  badge.hidden = !news;
  if (badge.dataset.shown === news) return;
  badge.dataset.shown = news;
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = " new";
  badge.replaceChildren(news, words);
}

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(badge.dataset.news, { headers: { Accept: "application/json" } });
    if (answer.ok) show((await answer.json()).news);
  } catch {
    // the next time
  }
}

if (badge) {
  ask();
  setInterval(ask, PERIOD_MILLISECONDS);
  document.addEventListener("visibilitychange", ask);
  document.body.addEventListener("feed:read", ask);
}
