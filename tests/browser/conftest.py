"""The real product in a real Chromium. These tests share no database with the process they run in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.tools import chromium
from tests.tools.server import Server

USERNAME = "ada"
PASSWORD = "correct horse battery"

# Longer than any machine takes for what these tests wait for: what does not come fails, however slow what comes is.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    path = chromium.find()
    if path is None:
        pytest.fail("The browser tests need a Chromium: run `make test`, or `apt-get install chromium` as root.")
    return browser_type_launch_args | {"executable_path": path, "args": chromium.FLAGS}


# A click comes when the page has loaded, as a person's does; before that, a link leads to the page for browsers without
# JavaScript, and the tests would see now one, now the other.
LOADED_FIRST = """
const untilLoaded = new CSSStyleSheet();
untilLoaded.replaceSync("html { pointer-events: none }");
document.adoptedStyleSheets = [untilLoaded];
addEventListener("load", () => { document.adoptedStyleSheets = []; });
"""


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.add_init_script(LOADED_FIRST)
    return context


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A fresh installation, serving. `server.stop()` and `server.start()` restart it on the same data."""
    with Server(tmp_path / "var") as server:
        yield server


@pytest.fixture
def signed_in(server: Server, page: Page) -> Page:
    """A page in the workspace of a fresh installation, as its first account."""
    page.goto(server.first_run_link())
    page.locator("input[name=username]").fill(USERNAME)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("form:has(input[name=username]) [type=submit]").click()
    page.wait_for_url(f"{server.url}/workspace/**")
    return page
