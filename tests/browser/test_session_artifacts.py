"""The artifacts and saves of a session in a browser: uploading, choosing, comparing, with JavaScript and without."""

import os
import re
import signal
import zipfile
from pathlib import Path

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Browser, Dialog, Download, Locator, Page, Route, expect

from tests.browser.editor import run_script, wait_for_end
from tests.browser.test_accessibility import RULES
from tests.tools.server import Server

SCRIPT = """
local id = Session.create({name = "Work", tags = {"a"}, metadata = {ticket = "1"}})
Session.setCurrent(id)
Artifact.store("", "tool_result", "report.md", "first")
Artifact.store("", "tool_result", "report.md", "second")
Artifact.store("", "chart", "chart.csv", "1,2")
Session.save(id)
Artifact.store("", "tool_result", "report.md", "third")
Artifact.store("", "tool_result", "new.txt", "new")
"""
MEBIBYTE = 1024 * 1024
PROGRESS = re.compile(r"Sending… [1-9]\d? %")


@pytest.fixture
def session_page(server: Server, signed_in: Page) -> Page:
    """The page of a session with a save, three names and one of them in three versions."""
    run_script(signed_in, SCRIPT)
    wait_for_end(signed_in, "succeeded")
    signed_in.goto(f"{server.url}/sessions/?q=Work")
    signed_in.locator("#sessions").get_by_role("link", name="Work").click()
    expect(signed_in.get_by_role("heading", name="Artifacts")).to_be_visible()
    signed_in.wait_for_load_state()  # before that, Enter in a form leads to the page for browsers without JavaScript
    return signed_in


def drop(page: Page, *files: tuple[str, int]) -> None:
    """Files of so many bytes onto the list."""
    make = """files => {
        const transfer = new DataTransfer();
        for (const [name, size] of files) transfer.items.add(new File([new Uint8Array(size)], name));
        return transfer;
    }"""
    transfer = page.evaluate_handle(make, [list(file) for file in files])
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def names(page: Page) -> Locator:
    return page.locator("#artifact-list tbody th > a")


def row(page: Page, name: str) -> Locator:
    return page.locator(".upload__item", has_text=name)


def expect_stored(page: Page, name: str, version: int) -> None:
    expect(row(page, name)).to_contain_text(f"Stored as version {version}")


def save(download: Download, folder: Path) -> zipfile.ZipFile:
    path = folder / "got.zip"
    download.save_as(path)
    return zipfile.ZipFile(path)


def test_dropped_files_are_stored_with_the_chosen_type(session_page: Page) -> None:
    page = session_page
    drop(page, ("one.bin", 300_000), ("日本語 🎉.txt", 5), ("too large.bin", 101 * MEBIBYTE), ("report.md", 3))
    expect(row(page, "too large.bin")).to_contain_text("Too large: a file has at most 100.0 MB.")
    page.get_by_label("Type").first.fill("dataset")
    page.get_by_role("textbox", name="Tags").first.fill("raw, new")
    faults = Axe().run(page, options=RULES).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == []
    page.get_by_label("Choose chart.csv, version 1").check()
    page.get_by_role("button", name="Upload 3 files").click()
    expect_stored(page, "one.bin", 1)
    expect_stored(page, "report.md", 4)
    expect(page.get_by_role("status").filter(has_text="3 stored, 1 failed")).to_be_visible()
    expect(page.locator("#artifact-list tbody tr")).to_have_count(5)
    assert set(names(page).all_inner_texts()) == {"one.bin", "日本語 🎉.txt", "report.md", "chart.csv", "new.txt"}
    stored = page.locator("#artifact-list tbody tr", has_text="one.bin")
    expect(stored).to_contain_text("dataset")
    expect(stored.get_by_role("listitem")).to_have_text(["raw", "new"])
    expect(page.locator("#session-tabs")).to_contain_text("Artifacts 8")
    expect(page.get_by_label("Choose chart.csv, version 1")).to_be_checked()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    page.get_by_role("button", name="Clear the list").click()
    expect(page.locator(".upload__item")).to_have_count(0)


def test_progress_cancel_a_broken_connection_and_retry(session_page: Page) -> None:
    page = session_page
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": MEBIBYTE}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    drop(page, ("slow.bin", 8 * MEBIBYTE), ("waiting.bin", 8 * MEBIBYTE), ("behind.bin", 10))
    page.get_by_role("button", name="Upload 3 files").click()
    expect(row(page, "slow.bin")).to_contain_text(PROGRESS)
    expect(row(page, "behind.bin")).to_contain_text("Waiting")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.evaluate("location.reload()")
    expect(row(page, "slow.bin")).to_contain_text("Sending")
    assert asked == ["beforeunload"]
    for name in ("slow.bin", "waiting.bin"):
        row(page, name).get_by_role("button", name="Cancel").click()
        expect(row(page, name)).to_contain_text("Cancelled")
    expect_stored(page, "behind.bin", 1)
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})

    page.route("**/store", lambda route: route.abort("connectionreset"))
    row(page, "slow.bin").get_by_role("button", name="Retry").click()
    expect(row(page, "slow.bin")).to_contain_text("The connection was lost before the server answered.")
    page.unroute("**/store")
    row(page, "slow.bin").get_by_role("button", name="Retry").click()
    expect_stored(page, "slow.bin", 1)
    expect(page.locator("#artifact-list tbody th").first).to_contain_text("slow.bin")
    expect(names(page).get_by_text("waiting.bin")).to_have_count(0)


def test_an_answer_that_is_lost_does_not_store_twice(session_page: Page) -> None:
    page = session_page

    def lose_answer(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort("connectionreset")

    page.route("**/store", lose_answer)
    drop(page, ("once.bin", 5))
    page.get_by_role("button", name="Upload 1 file").click()
    expect(row(page, "once.bin")).to_contain_text("connection was lost")
    page.unroute("**/store")
    row(page, "once.bin").get_by_role("button", name="Retry").click()
    expect_stored(page, "once.bin", 1)
    drop(page, ("once.bin", 5))  # the same file once more is meant
    page.get_by_role("button", name="Upload 1 file").click()
    expect(page.get_by_text("Stored as version 2")).to_be_visible()


def test_what_the_server_refuses_is_said_beside_the_file(session_page: Page, browser: Browser) -> None:
    page = session_page
    drop(page, ("a.txt", 3))
    page.get_by_label("Type").first.fill("tool_reslt")
    page.get_by_role("button", name="Upload 1 file").click()
    expect(row(page, "a.txt")).to_contain_text('did you mean "tool_result"?')
    page.get_by_label("Type").first.fill("tool_result")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Suspend").click()
    expect(other.locator("#session-status")).to_have_text("Suspended")
    other.close()
    row(page, "a.txt").get_by_role("button", name="Retry").click()
    expect(row(page, "a.txt")).to_contain_text("Cannot store artifacts in a suspended session")


def test_a_server_that_is_killed_in_an_upload_has_stored_nothing(session_page: Page, server: Server) -> None:
    page = session_page
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2 * MEBIBYTE}
    network.send("Network.emulateNetworkConditions", slow)
    drop(page, ("cut.bin", 20 * MEBIBYTE))
    page.get_by_role("button", name="Upload 1 file").click()
    expect(row(page, "cut.bin")).to_contain_text(PROGRESS)
    for process in [*psutil.Process(server.pid).children(recursive=True), psutil.Process(server.pid)]:
        os.kill(process.pid, signal.SIGKILL)
    expect(row(page, "cut.bin")).to_contain_text("The connection was lost")
    server.stop()
    server.start()
    network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    looking = page.context.new_page()
    looking.goto(page.url)
    expect(names(looking)).to_have_text(["new.txt", "report.md", "chart.csv"])
    row(page, "cut.bin").get_by_role("button", name="Retry").click()
    expect_stored(page, "cut.bin", 1)


def test_choosing_versions_for_a_zip_and_for_the_trash(session_page: Page, tmp_path: Path) -> None:
    page = session_page
    expect(page.get_by_role("button", name="Download chosen as ZIP")).to_be_disabled()
    page.get_by_text("3 versions").click()
    page.get_by_label("Choose report.md, version 1").check()
    page.get_by_label("Choose chart.csv, version 1").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download chosen as ZIP").click()
    assert download.value.suggested_filename == "Work.zip"
    with save(download.value, tmp_path) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == {
            "report (v1).md": b"first",
            "chart.csv": b"1,2",
        }
    page.get_by_role("button", name="Move to trash").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Move 2 artifacts to the trash?")).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("2 artifacts moved to the trash.")).to_be_visible()
    expect(names(page)).to_have_text(["new.txt", "report.md"])
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back in 2 artifacts.")).to_be_visible()
    expect(names(page)).to_have_text(["new.txt", "report.md", "chart.csv"])


def test_a_damaged_content_fails_the_download(session_page: Page, server: Server) -> None:
    for file in (server.data_directory / "files" / "blobs").glob("??/*"):
        if file.read_bytes() == b"third":
            file.write_bytes(b"thIrd")
    with session_page.expect_download() as download:
        session_page.get_by_role("link", name="All as ZIP").click()
    assert download.value.failure() is not None


def test_filters_are_in_the_address_and_news_do_not_move_the_list(session_page: Page, server: Server) -> None:
    page = session_page
    page.get_by_label("Name", exact=True).fill("*.txt")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.locator("#artifact-list tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?name=(\*|%2A)\.txt$"))
    place = page.locator("#artifact-list tbody tr").bounding_box()
    script = page.context.new_page()
    script.goto(f"{server.url}/workspace/")
    run_script(script, 'Artifact.store("", "tool_result", "other.txt", "x")')
    wait_for_end(script, "succeeded")
    news = page.get_by_text("1 stored since this list was read.")
    expect(news).to_be_visible()
    assert page.locator("#artifact-list tbody tr").bounding_box() == place
    page.locator(".news").get_by_role("link", name="Show").click()
    expect(page.locator("#artifact-list tbody tr")).to_have_count(2)
    expect(news).to_be_hidden()
    page.go_back()
    expect(page.locator("#artifact-list tbody tr")).to_have_count(4)


def test_a_save_is_looked_into_compared_and_gone_on_from(session_page: Page, server: Server) -> None:
    page = session_page
    page.get_by_role("link", name="Saves 1").click()
    page.get_by_role("link", name="Save 1", exact=True).click()
    expect(page.get_by_role("heading", name="Work as of save 1")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download report.md, version 2").click()
    assert download.value.path().read_bytes() == b"second"
    page.get_by_role("link", name="Compare with now").click()
    table = page.get_by_role("table", name="Artifacts")
    expect(table.get_by_role("rowheader")).to_have_text(["new.txt only in the second", "report.md changed"])
    page.get_by_role("link", name="Show what is the same, too").click()
    expect(table.get_by_role("rowheader")).to_have_count(3)
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="Open as a new session").click()
    expect(page.get_by_role("heading", name="Work (from save 1)")).to_be_visible()
    expect(names(page)).to_have_text(["chart.csv", "report.md"])
    page.get_by_role("link", name="Compare with…").click()
    page.get_by_role("link", name="Work", exact=True).click()
    expect(table.get_by_role("rowheader")).to_have_text(["new.txt only in the second", "report.md changed"])


def test_everything_without_javascript(session_page: Page, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=session_page.context.storage_state())
    page = context.new_page()
    page.goto(session_page.url)
    page.get_by_text("Upload files").click()
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(name)
    page.get_by_label("Files", exact=True).set_input_files([tmp_path / "one.txt", tmp_path / "two.txt"])
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Stored 2 files.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("*.txt")
    page.get_by_role("button", name="Filter").click()
    expect(names(page)).to_have_count(3)
    assert set(names(page).all_inner_texts()) == {"one.txt", "two.txt", "new.txt"}
    page.get_by_label("Choose one.txt, version 1").check()
    page.get_by_label("Choose two.txt, version 1").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download chosen as ZIP").click()
    with save(download.value, tmp_path) as packed:
        assert sorted(packed.namelist()) == ["one.txt", "two.txt"]
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("heading", name="Move 2 artifacts to the trash?")).to_be_visible()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("2 artifacts moved to the trash.")).to_be_visible()
    page.goto(session_page.url)
    page.get_by_text("3 versions").click()
    page.get_by_role("link", name="Show them").click()
    versions = page.get_by_role("link", name=re.compile(r"^Version \d"))
    expect(versions).to_have_text(["Version 3", "Version 2", "Version 1"])
    page.goto(session_page.url)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved Work as number 2.")).to_be_visible()
    page.goto(f"{session_page.url}saves")
    page.get_by_label("Choose save 1").check()
    page.get_by_role("button", name="Compare two chosen saves").click()
    page.get_by_label("Second").fill("nothing")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text('Invalid session id: "nothing".')).to_be_visible()
    context.close()
