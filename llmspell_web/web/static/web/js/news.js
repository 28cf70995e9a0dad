// The numbers in the header: what others did since the account last read it, and what of it is meant for the account. Asked
// for after the page, so that no page waits for them, and now and then while the tab is in sight.
const PERIOD_MILLISECONDS = 30_000;
const badges = document.querySelectorAll("[data-news-of]");
const source = document.querySelector("[data-news]");

function show(badge, news) {
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
    const answer = await fetch(source.dataset.news, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const numbers = await answer.json();
    for (const badge of badges) show(badge, numbers[badge.dataset.newsOf] ?? "");
  } catch {
    // the next time
  }
}

if (source) {
  ask();
  setInterval(ask, PERIOD_MILLISECONDS);
  document.addEventListener("visibilitychange", ask);
  document.body.addEventListener("feed:read", ask);
}
