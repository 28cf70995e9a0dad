"""What a new user does, from the printed link on."""

import hashlib
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, USERNAME
from tests.browser.editor import run_script, wait_for_end
from tests.tools.server import Server

EXAMPLE_ARTIFACTS = ("requirements.txt", "analysis_results.json", "chart.png")


def test_from_the_printed_link_to_the_bytes_of_an_artifact_and_back_after_a_restart(
    server: Server, signed_in: Page
) -> None:
    page = signed_in
    page.get_by_role("button", name="Run").click()
    wait_for_end(page, "succeeded")
    console = page.get_by_role("region", name="Console")
    expect(console).to_contain_text("Analysis complete. Session:")
    expect(page.get_by_role("cell", name="December")).to_be_visible()
    made = page.get_by_role("region", name="Touched by this run")
    for name in EXAMPLE_ARTIFACTS:
        expect(made.get_by_role("link", name=name, exact=True)).to_be_visible()
    expect(page.locator("#current-session")).to_contain_text("Data Analysis - Q4 2024")

    page.reload()
    expect(console).to_contain_text("Analysis complete. Session:")
    made.get_by_role("link", name="Data Analysis - Q4 2024").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Data Analysis - Q4 2024")
    for name in EXAMPLE_ARTIFACTS:
        check_download(page, name)

    server.stop()
    server.start()
    page.goto(server.url)
    expect(console).to_contain_text("Analysis complete. Session:")
    page.get_by_role("link", name="Sessions", exact=True).click()
    page.get_by_role("link", name="Data Analysis - Q4 2024").click()
    check_download(page, "chart.png")


def check_download(page: Page, name: str) -> None:
    """The file that the browser saves has the digest that the artifact's page shows."""
    page.get_by_role("link", name=name, exact=True).click()
    digest = page.locator("dt:text-is('SHA-256') + dd").get_attribute("data-copy")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == name
    assert hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest() == digest
    page.go_back()


def test_stop_ends_an_endless_loop_and_the_next_run_works(signed_in: Page) -> None:
    page = signed_in
    run_script(page, 'print("going")\nwhile true do end')
    expect(page.get_by_role("region", name="Console")).to_contain_text("going")
    page.get_by_role("button", name="Stop").click()
    wait_for_end(page, "stopped")
    page.reload()
    expect(page.get_by_role("region", name="Console")).to_contain_text("going")
    run_script(page, 'print("again")')
    wait_for_end(page, "succeeded")


def test_the_link_leads_to_the_log_in_page_from_then_on(server: Server, signed_in: Page) -> None:
    page = signed_in
    page.get_by_text(USERNAME).first.click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile(r"/login/$"))
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{server.url}/workspace/")
