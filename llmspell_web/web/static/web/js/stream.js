// Follows a run's console (lines of JSON, see workspace/console.py) and announces what comes on document.body:
// "run:output" {items: [{stream, text}]}, "run:status", "run:usage", "run:connection" {lost}, "run:ended" {status, url}.
// A broken connection is resumed from the last position; one console is followed at a time.
const RETRY_MILLISECONDS = 1000;
let following = null;

function announce(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail }));
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function* readLines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield lines.filter(Boolean).map((line) => JSON.parse(line));
  }
}

class Follower {
  constructor(url, after) {
    this.url = url;
    this.after = after;
    this.abort = new AbortController();
  }

  async follow() {
    let lost = false;
    while (!this.abort.signal.aborted) {
      try {
        const delay = await this.readOnce(() => {
          if (lost) announce("run:connection", { lost: (lost = false) });
        });
        if (delay === null) return;
        await pause(delay);
      } catch {
        if (this.abort.signal.aborted) return;
        if (!lost) announce("run:connection", { lost: (lost = true) });
        await pause(RETRY_MILLISECONDS);
      }
    }
  }

  // Returns how long to wait before asking again, or null when the run has ended.
  async readOnce(onConnected) {
    const headers = { Accept: "application/json" };
    const response = await fetch(`${this.url}console?after=${this.after}`, { headers, signal: this.abort.signal });
    // Logged out, or not to be seen any more: reloaded, the page leads to the log-in page and back here, or says so.
    if (response.status === 401 || response.status === 404) location.reload();
    if (!response.ok) throw new Error(`console: ${response.status}`);
    onConnected();
    for await (const lines of readLines(response)) {
      const items = lines.filter((line) => "text" in line);
      if (items.length) {
        this.after = items[items.length - 1].seq;
        announce("run:output", { items });
      }
      for (const line of lines) {
        if (line.usage) announce("run:usage", { usage: line.usage });
        if (line.status) announce("run:status", { status: line.status });
        if (line.end) {
          announce("run:ended", { status: line.end, url: this.url });
          return null;
        }
        if ("poll" in line) return line.poll;
      }
    }
    throw new Error("console: the stream broke off");
  }
}

function follow(url, after) {
  following?.abort.abort();
  following = new Follower(url, after);
  following.follow();
}

document.body.addEventListener("run:started", ({ detail: { url } }) => follow(url, 0));

const shown = document.querySelector("[data-console]");
// After the other modules have run, so that they hear the first lines.
if (shown?.dataset.follow === "true") setTimeout(() => follow(shown.dataset.url, Number(shown.dataset.after)));
