"""Films that the browser itself makes: there is no encoder elsewhere."""

import base64

from playwright.sync_api import Browser

FILM = """async (type) => {
  const canvas = document.createElement("canvas");
  canvas.width = 160;
  canvas.height = 120;
  const context = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(25), {mimeType: type});
  const parts = [];
  recorder.ondataavailable = event => parts.push(event.data);
  const ended = new Promise(resolve => { recorder.onstop = resolve; });
  recorder.start();
  for (let picture = 0; picture < 12; picture += 1) {
    context.fillStyle = `rgb(${picture * 20}, 80, 160)`;
    context.fillRect(0, 0, 160, 120);
    await new Promise(resolve => setTimeout(resolve, 40));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


def make_film(browser: Browser, mime: str) -> bytes:
    """Half a second of coloured pictures, 160 by 120."""
    page = browser.new_page()
    film = base64.b64decode(page.evaluate(FILM, mime))
    page.close()
    return film
