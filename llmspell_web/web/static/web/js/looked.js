// Sends form[data-looked] once its page, which holds all that is new, has been in sight for a while: so what is new counts as
// read without its button, which stands there for who is faster, or has no JavaScript.
const LOOK_MILLISECONDS = 3000;
const STEP_MILLISECONDS = 500;
const form = document.querySelector("form[data-looked]");
let looked = 0;

async function tell() {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  form.querySelector("button").hidden = true;
  document.body.dispatchEvent(new CustomEvent("feed:read"));
}

function look() {
  if (document.hidden) return;
  looked += STEP_MILLISECONDS;
  if (looked < LOOK_MILLISECONDS) return;
  clearInterval(looking);
  tell().catch(() => {}); // the button is still there
}

const looking = form && setInterval(look, STEP_MILLISECONDS);
