"""Previews in a browser: every kind opens, nothing is refused by the policy, nothing for axe to find; by keyboard, and
without JavaScript."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Browser, Page, expect

from tests.artifacts.previews.making import PDF, SVG, make_image, make_tar, make_wav, make_zip
from tests.browser.editor import run_script, wait_for_end
from tests.browser.files import upload
from tests.browser.films import make_film
from tests.browser.test_accessibility import RULES, is_fault
from tests.tools.server import Server

FILES = {
    "picture.png": make_image("PNG", (400, 300)),
    "scan.tiff": make_image("TIFF", (400, 300)),
    "drawing.svg": SVG,
    "paper.pdf": PDF,
    "tone.wav": make_wav(),
    "code.py": b"# code\ndef f(a: int) -> str:\n    return 'x' * a\n",
    "data.json": json.dumps({"rows": [{"id": number, "name": f"row {number}"} for number in range(90)]}).encode(),
    "table.csv": b"name,price\npear,10\napple,9\nplum,100\n",
    "notes.md": b"# Notes\n\nSome *words*.\n\n- one\n",
    "page.html": b"<!doctype html><html lang=en><title>Report</title><h1>Report</h1></html>",
    "files.zip": make_zip({"folder/one.txt": b"1"}),
    "files.tar.gz": make_tar({"folder/two.txt": b"2"}, "gz"),
    "bytes.bin": bytes(range(256)),
}
SCRIPT = 'Session.setCurrent(Session.create({name = "Work"}))'


@pytest.fixture
def links(signed_in: Page, browser: Browser) -> dict[str, str]:
    """The page of each file, by its name."""
    films = {f"film.{kind}": make_film(browser, f"video/{kind}") for kind in ("webm", "mp4")}
    run_script(signed_in, SCRIPT)
    wait_for_end(signed_in, "succeeded")
    signed_in.goto(signed_in.url.split("/workspace")[0] + "/sessions/")
    signed_in.get_by_role("link", name="Work", exact=True).click()
    signed_in.wait_for_url("**/sessions/*-*/")
    session = signed_in.url
    files = FILES | films
    upload(signed_in, session, files)
    signed_in.goto(session)
    return {name: str(signed_in.get_by_role("link", name=name, exact=True).get_attribute("href")) for name in files}


def test_every_kind_opens(server: Server, signed_in: Page, links: dict[str, str]) -> None:
    faults: list[str] = []
    # The frame refuses what these tests run in every page (`conftest.LOADED_FIRST`), as it refuses all scripts.
    signed_in.on(
        "console",
        lambda message: (
            faults.append(message.text) if is_fault(message) and "/frame' because" not in message.text else None
        ),
    )
    signed_in.on("pageerror", lambda error: faults.append(str(error)))
    paths = [*links.values(), f"{links['page.html']}?view=page", f"{links['code.py']}?view=bytes"]
    for path in paths:
        signed_in.goto(server.url + path)
        faults += [
            f"{path}: {fault['id']}: {fault['nodes'][0]['html']}"
            for fault in Axe().run(signed_in, options=RULES).response["violations"]
        ]
        for picture in signed_in.locator("#preview img").all():
            expect(picture).to_have_js_property("complete", True)
            assert picture.evaluate("image => image.naturalWidth") > 0
    signed_in.goto(server.url + links["tone.wav"])
    expect(signed_in.locator("audio")).to_have_js_property("duration", 1)
    for name in ("film.webm", "film.mp4"):
        signed_in.goto(server.url + links[name])
        film = signed_in.locator("video")
        film.evaluate("film => film.play()")
        expect(film).to_have_js_property("ended", True)
        expect(film).to_have_js_property("videoWidth", 160)
    assert faults == []


def test_previews_are_worked_by_keyboard(server: Server, signed_in: Page, links: dict[str, str]) -> None:
    signed_in.goto(server.url + links["table.csv"])
    names = signed_in.locator("#preview tbody tr td:nth-child(2)")
    signed_in.locator("#sort-2").press("Enter")
    expect(names).to_have_text(["apple", "pear", "plum"])
    signed_in.locator("#sort-2").press("Enter")
    expect(names).to_have_text(["plum", "pear", "apple"])
    assert "order=descending" in signed_in.url
    signed_in.goto(server.url + links["data.json"])
    box = signed_in.get_by_label("Search names and values")
    box.fill("row 77")
    box.press("Enter")
    expect(signed_in.get_by_text("rows[78].name")).to_be_visible()
    signed_in.goto(server.url + links["picture.png"])
    signed_in.get_by_role("link", name="200 %").press("Enter")
    expect(signed_in.locator("#preview img")).to_have_attribute("width", "800")
    assert "zoom=200" in signed_in.url


def test_previews_need_no_javascript(server: Server, signed_in: Page, browser: Browser, links: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(server.url + links["table.csv"])
    page.get_by_role("link", name="price").click()
    expect(page.locator("#preview tbody tr td:nth-child(2)")).to_have_text(["apple", "pear", "plum"])
    page.goto(server.url + links["data.json"])
    page.get_by_label("Search names and values").fill("row 77")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("rows[78].name")).to_be_visible()
    context.close()
