// What poll.js brings to [data-session-live]: parts of the session's page, which find their places by themselves.
// A part that is being used (a form that is open in it, the focus, or its coming) is left alone and brought up to date afterwards.
let missed = false;

const poller = () => document.querySelector("[data-session-live]");

function catchUp() {
  const live = poller();
  if (!missed || !live || document.querySelector("form[data-inplace]")) return;
  missed = false;
  const url = new URL(live.getAttribute("hx-get"), location.href);
  url.searchParams.delete("events");
  url.searchParams.set("after", "0");
  htmx.ajax("GET", url.pathname + url.search, { source: live, target: live, swap: "none" });
}

document.addEventListener("focusout", () => setTimeout(catchUp));

document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (target.id === "newest-events") return;
  const isUsed = target.matches("form[data-inplace], .htmx-added") || target.contains(document.activeElement);
  if (!isUsed) return;
  event.detail.shouldSwap = false;
  missed = true;
});

function setLost(isLost) {
  document.querySelector("[data-live-lost]").hidden = !isLost;
}

document.body.addEventListener("htmx:sendError", (event) => {
  if (event.target.matches?.("[data-session-live]")) setLost(true);
});
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.target.matches?.("[data-session-live]")) setLost(event.detail.xhr.status >= 500);
});
