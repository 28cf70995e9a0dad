"""What the first look at a list of sessions costs on the wire, and that nothing moves while it comes."""

import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.tools.server import ROOT, Server

WIRE_MAX_BYTES = 100_000
WATCH = """
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
        .observe({ type: "layout-shift", buffered: true });
"""
WEIGH = """
    [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .map(({ name, transferSize, encodedBodySize, decodedBodySize }) =>
            ({ name, sent: transferSize, encoded: encodedBodySize, decoded: decodedBodySize }))
"""


@pytest.mark.parametrize("width", [360, 1440])
def test_the_first_look_is_light_and_still(server: Server, signed_in: Page, browser: Browser, width: int) -> None:
    seed = [sys.executable, "manage.py", "seed_sample", "--sessions", "200", "--artifacts", "400"]
    subprocess.run(seed, cwd=ROOT, env=server.environment, check=True, capture_output=True)
    storage = signed_in.context.storage_state()
    context = browser.new_context(viewport={"width": width, "height": 800}, storage_state=storage)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{server.url}/sessions/")
    expect(page.get_by_text("Updates by itself")).to_be_visible()  # the scripts have run, and the first answer is there
    expect(page.get_by_role("complementary", name="Counts")).to_contain_text("200")
    expect(page.locator("tr[data-row]")).to_have_count(50)
    parts = page.evaluate(WEIGH)
    assert all(part["sent"] for part in parts)  # nothing came from a cache
    assert sum(part["sent"] for part in parts) <= WIRE_MAX_BYTES
    html = next(part for part in parts if part["name"].endswith("/sessions/"))
    assert html["encoded"] < html["decoded"] / 4
    assert page.evaluate("window.shifts") == []
    context.close()
