// What poll.js brings to [data-session-live]: parts of the session's page, which find their places by themselves.
// A part that is being used (a form that is open in it, the focus, or its coming) is left alone and brought up to date afterwards.
let missed = false;

const poller = () => document.querySelector("[data-session-live]");

function catchUp() {
  const live = poller();
  if (!missed || !live || document.querySelector("form[data-inplace]")) return;
  missed = false;
  const url = new URL(live.getAttribute("hx-get"), location.href);
  for (const name of ["events", "children", "tree"]) url.searchParams.delete(name);
  url.searchParams.set("after", "0");
  htmx.ajax("GET", url.pathname + url.search, { source: live, target: live, swap: "none" });
}

document.addEventListener("focusout", () => setTimeout(catchUp));

document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (target.id === "newest-events") return;
  const find = target.querySelector("input[type=search]");
  const isSearched = find && find.value !== find.defaultValue;
  const isUsed = target.matches("form[data-inplace], .htmx-added") || target.contains(document.activeElement);
  if (!isUsed && !isSearched) return;
  event.detail.shouldSwap = false;
  missed = true;
});

// Branches that were opened or shut stay so when their part comes anew, also those that have to be fetched.
const branches = new Map();

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches("details[data-branch]")) branches.set(target.dataset.branch, target.open);
  },
  true,
);

function restoreBranches() {
  for (const branch of document.querySelectorAll("details[data-branch]")) {
    const { branch: key } = branch.dataset;
    if (branches.has(key)) branch.open = branches.get(key);
  }
}

document.body.addEventListener("htmx:oobAfterSwap", restoreBranches);
document.body.addEventListener("htmx:afterSwap", restoreBranches);

function setLost(isLost) {
  document.querySelector("[data-live-lost]").hidden = !isLost;
}

document.body.addEventListener("htmx:sendError", (event) => {
  if (event.target.matches?.("[data-session-live]")) setLost(true);
});
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.target.matches?.("[data-session-live]")) setLost(event.detail.xhr.status >= 500);
});
