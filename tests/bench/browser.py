"""What only a real browser shows: when output is on the page, and whether the page answers meanwhile."""

from playwright.sync_api import Page, sync_playwright

from tests.bench.client import PASSWORD
from tests.bench.figures import Figure
from tests.tools import chromium
from tests.tools.server import Server

LINES = 'for i = 1, 10000 do print(i) end print("the " .. "end of {number}")'
# Clicks Run and resolves with the milliseconds until the text is on the page, and the longest gap between frames.
WATCH = """
([button, text]) => new Promise(resolve => {
  const started = performance.now();
  let before = started, longest = 0;
  const frame = now => {
    longest = Math.max(longest, now - before);
    before = now;
    if (document.querySelector("[data-console]").textContent.includes(text)) {
      resolve([performance.now() - started, longest]);
    } else {
      requestAnimationFrame(frame);
    }
  };
  document.querySelector(button).click();
  requestAnimationFrame(frame);
})
"""


def measure(server: Server, engine_last: float) -> list[Figure]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page()
        _sign_up(page, server)
        samples = [_click(page, number) for number in range(6)][1:]
        browser.close()
    seen, gaps = zip(*samples, strict=True)
    return [
        Figure("10,000 lines in Chromium: click → last on the page", seen, goal=engine_last + 300, floor=engine_last,
               floor_name="engine"),
        Figure("the longest frame meanwhile", gaps),
    ]  # fmt: skip


def _sign_up(page: Page, server: Server) -> None:
    page.goto(server.first_run_link())
    page.locator("input[name=username]").fill("ada")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("form:has(input[name=username]) [type=submit]").click()
    page.wait_for_url(f"{server.url}/workspace/**")


def _click(page: Page, number: int) -> tuple[float, float]:
    page.locator(".ace_text-input").focus()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(LINES.format(number=number))
    elapsed, longest = page.evaluate(WATCH, ["[data-run-button]", f"the end of {number}"])
    return float(elapsed), float(longest)
