// Keeps `5 min ago` true: every <time data-ago>, in the words of the `ago` filter (templatetags/present.py).
const TICK_MILLISECONDS = 5000;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

function ago(moment, now) {
  const seconds = Math.floor((now - moment) / 1000);
  if (seconds < 10) return "just now";
  if (seconds < MINUTE) return `${seconds} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h ago`;
  if (seconds < 30 * DAY) return seconds < 2 * DAY ? "yesterday" : `${Math.floor(seconds / DAY)} days ago`;
  return new Date(moment).toISOString().slice(0, 10);
}

function refresh() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const words = ago(Date.parse(time.dateTime), now);
    if (time.textContent !== words) time.textContent = words;
  }
}

setInterval(() => document.hidden || refresh(), TICK_MILLISECONDS);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
