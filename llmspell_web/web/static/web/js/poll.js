// Every two seconds, while the page can be seen, each [data-poll] gets the event "poll": an hx-trigger for what looks
// whether there is news. Also at once when the page comes into sight, or when something on it changed the session.
const PERIOD_MILLISECONDS = 2000;

function poll() {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-poll]")) htmx.trigger(element, "poll");
}

setInterval(poll, PERIOD_MILLISECONDS);
document.addEventListener("visibilitychange", poll);
document.body.addEventListener("session-changed", poll);
