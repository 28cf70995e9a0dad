// Every two seconds, while the page can be seen, each [data-poll] gets the event "poll": an hx-trigger for what looks
// whether there is news.
const PERIOD_MILLISECONDS = 2000;

setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-poll]")) htmx.trigger(element, "poll");
}, PERIOD_MILLISECONDS);
