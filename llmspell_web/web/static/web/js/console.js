// Shows console output as it comes: appended once a frame, in blocks that the browser skips while out of sight.
// Follows the end unless the reader has scrolled up; a button leads back.
const view = document.querySelector("[data-console]");
const jump = document.querySelector("[data-jump]");
const empty = document.querySelector("[data-console-empty]");
const BLOCK_CHARACTERS = 8000;
const NEAR_END_PIXELS = 32;
let waiting = [];
let scheduled = false;
let isFollowing = true;
let lastTop = 0;
let block = view.querySelector(".console__block:last-child");
let blockSize = block.textContent.length;

function flush() {
  scheduled = false;
  const items = waiting;
  waiting = [];
  for (const { stream, text } of items) append(stream, text);
  empty.hidden = true;
  if (isFollowing) view.scrollTop = view.scrollHeight;
  else jump.hidden = false;
}

function append(stream, text) {
  for (let start = 0; start < text.length; ) {
    if (blockSize >= BLOCK_CHARACTERS) startBlock();
    const end = cutAtLine(text, start);
    block.append(stream === "stderr" ? stderrSpan(text.slice(start, end)) : text.slice(start, end));
    blockSize += end - start;
    start = end;
  }
}

// A block ends with a line, so that breaking it off changes nothing to the eye.
function cutAtLine(text, start) {
  const room = start + BLOCK_CHARACTERS - blockSize;
  if (room >= text.length) return text.length;
  const newline = text.indexOf("\n", room);
  return newline === -1 ? text.length : newline + 1;
}

function startBlock() {
  const last = block.lastChild?.textContent ?? "";
  if (last && !last.endsWith("\n")) return;
  block = document.createElement("div");
  block.className = "console__block";
  blockSize = 0;
  view.append(block);
}

function stderrSpan(text) {
  const span = document.createElement("span");
  span.className = "console__stderr";
  span.title = "Standard error";
  span.textContent = text;
  return span;
}

document.body.addEventListener("run:output", ({ detail: { items } }) => {
  waiting.push(...items);
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(flush);
});

document.body.addEventListener("run:started", () => {
  waiting = [];
  view.replaceChildren();
  block = document.createElement("div");
  block.className = "console__block";
  blockSize = 0;
  view.append(block);
  isFollowing = true;
  jump.hidden = true;
  empty.hidden = false;
  empty.textContent = "Waiting for output…";
  document.querySelector("[data-console-note]")?.remove();
});

document.body.addEventListener("run:ended", () => {
  empty.textContent = "This run printed nothing.";
});

// Only a move upwards leaves the end: the box that became smaller, or grew in content, is not the reader's doing.
view.addEventListener("scroll", () => {
  const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_END_PIXELS;
  if (isAtEnd) isFollowing = true;
  else if (view.scrollTop < lastTop) isFollowing = false;
  lastTop = view.scrollTop;
  if (isAtEnd) jump.hidden = true;
}, { passive: true });

jump.addEventListener("click", () => {
  isFollowing = true;
  jump.hidden = true;
  view.scrollTop = view.scrollHeight;
  view.focus();
});

// Also when the outcome below takes some of the room. Runs once at the start.
new ResizeObserver(() => {
  if (isFollowing) view.scrollTop = view.scrollHeight;
}).observe(view);
