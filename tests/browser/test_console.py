"""The console, the result and the error of a run."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.editor import run_script, wait_for_end, write_script
from tests.tools.server import Server

LINES = 10_000
IS_AT_END = """() => {
    const view = document.querySelector("[data-console]");
    return view.scrollHeight - view.scrollTop - view.clientHeight < 40;
}"""


def test_ten_thousand_lines_are_all_there_and_the_page_stays_responsive(signed_in: Page) -> None:
    page = signed_in
    page.evaluate(
        """() => {
            window.longest = 0;
            new PerformanceObserver(list => {
                for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
            }).observe({ type: "longtask" });
        }"""
    )
    run_script(page, f"for i = 1, {LINES} do print('line ' .. i) end")
    wait_for_end(page, "succeeded")
    text = page.locator("[data-console]").text_content() or ""
    assert re.findall(r"line (\d+)\n", text) == [str(number) for number in range(1, LINES + 1)]
    assert page.evaluate("window.longest") < 500  # milliseconds; a frame that long is felt
    expect(page.locator("[data-jump]")).to_be_hidden()
    assert page.evaluate(IS_AT_END)


def test_the_last_line_stays_in_sight_when_the_result_comes(signed_in: Page) -> None:
    run_script(signed_in, "local t = {}\nfor i = 1, 100 do print(i) t[i] = { id = i } end\nreturn t")
    wait_for_end(signed_in, "succeeded")
    expect(signed_in.get_by_role("table")).to_be_visible()
    signed_in.wait_for_function(IS_AT_END)


def test_how_a_run_ended_is_shown_when_the_server_is_back(signed_in: Page, server: Server) -> None:
    run_script(signed_in, "print('before')\nwhile true do end")
    expect(signed_in.locator("[data-console]")).to_contain_text("before")
    server.stop()
    wait_for_end(signed_in, "interrupted")
    server.start()
    expect(signed_in.locator("[data-outcome]")).to_contain_text("Interrupted.")


def test_who_scrolls_up_stays_there_and_can_jump_back(signed_in: Page) -> None:
    page = signed_in
    run_script(page, "for i = 1, 300 do print(i) end\nwhile true do end")
    console = page.locator("[data-console]")
    expect(console).to_contain_text("300")
    console.hover()
    page.mouse.wheel(0, -20_000)
    page.wait_for_function("() => document.querySelector('[data-console]').scrollTop === 0")
    page.get_by_role("button", name="Stop").click()
    wait_for_end(page, "stopped")
    run_script(
        page, "for i = 1, 300 do print(i) end\nlocal t = os.time() + 2\nwhile os.time() < t do end print('late')"
    )
    expect(console).to_contain_text("300")
    console.hover()
    page.mouse.wheel(0, -20_000)
    page.get_by_role("button", name="Jump to latest").click()
    expect(console).to_contain_text("late")
    assert page.evaluate(IS_AT_END)


def test_standard_error_is_told_apart_in_order(signed_in: Page) -> None:
    run_script(signed_in, 'print("one")\nio.stderr:write("two\\n")\nprint("three")')
    wait_for_end(signed_in, "succeeded")
    console = signed_in.locator("[data-console]")
    expect(console).to_have_text("one two three")
    expect(console.get_by_title("Standard error")).to_have_text("two")


def test_the_line_of_an_error_is_marked_in_the_editor(signed_in: Page) -> None:
    run_script(signed_in, "local x = 1\n\nerror('it broke')")
    wait_for_end(signed_in, "failed")
    expect(signed_in.locator("[data-outcome]")).to_contain_text("main.lua:3: it broke")
    signed_in.locator("[data-goto-line]").click()
    expect(signed_in.locator(".editor-error-gutter")).to_have_text("3")
    assert signed_in.evaluate("document.querySelector('[data-editor]').editor.getCursorPosition().row") == 2


def test_a_limit_is_named_and_the_figures_are_shown(signed_in: Page) -> None:
    run_script(signed_in, "print('before')\nwhile true do Session.getCurrent() end")
    wait_for_end(signed_in, "limit")
    expect(signed_in.locator("[data-outcome]")).to_contain_text("API calls used up")
    expect(signed_in.locator("[data-usage=api_calls]")).to_contain_text(re.compile(r"10,00\d / 10,000"))


def test_what_a_script_uses_is_shown_while_it_runs(signed_in: Page) -> None:
    run_script(signed_in, "print('before')\nwhile true do end")
    expect(signed_in.locator("[data-usage=cpu_seconds]")).to_contain_text(re.compile(r"[1-9]\.\d\d s / 10 s"))
    assert signed_in.locator("[data-run-status] [data-status=running]").is_visible()
    signed_in.get_by_role("button", name="Stop").click()
    wait_for_end(signed_in, "stopped")


def test_a_draft_survives_a_reload_and_can_be_discarded(signed_in: Page) -> None:
    page = signed_in
    source = "document.querySelector('[data-editor]').editor.getValue()"
    page.locator("[data-editor].is-ready").wait_for()
    page.evaluate("document.querySelector('[data-editor]').editor.setValue('-- mine', -1)")
    page.reload()
    page.locator("[data-editor].is-ready").wait_for()
    assert page.evaluate(source) == "-- mine"
    page.get_by_role("button", name="Discard it").click()
    assert page.evaluate(source).startswith("-- The guide's complete workflow")
    page.reload()
    page.locator("[data-editor].is-ready").wait_for()
    assert page.evaluate(source).startswith("-- The guide's complete workflow")


def test_what_was_run_is_no_draft_and_comes_back_after_a_reload(signed_in: Page, server: Server) -> None:
    page = signed_in
    page.goto(f"{server.url}/workspace/?example")
    run_script(page, "print('mine')")
    wait_for_end(page, "succeeded")
    expect(page.get_by_role("button", name="Discard it")).to_be_hidden()
    page.reload()
    page.locator("[data-editor].is-ready").wait_for()
    assert page.evaluate("document.querySelector('[data-editor]').editor.getValue()") == "print('mine')"


def test_an_empty_script_is_refused_in_words(signed_in: Page) -> None:
    write_script(signed_in, "")
    signed_in.get_by_role("button", name="Run").click()
    expect(signed_in.get_by_role("alert")).to_have_text("There is nothing to run: the script is empty.")


def test_logging_out_elsewhere_leads_an_open_page_to_the_log_in_page_and_back(signed_in: Page, server: Server) -> None:
    run_script(signed_in, "local t = os.time() + 2\nwhile os.time() < t do end")
    elsewhere = signed_in.context.new_page()
    elsewhere.goto(f"{server.url}/status/")
    elsewhere.get_by_label("Account").click()
    elsewhere.get_by_role("button", name="Log out").click()
    signed_in.wait_for_url(f"{server.url}/login/?next=/workspace/")
    expect(signed_in.get_by_role("heading", name="Log in")).to_be_visible()


def test_files_are_uploaded_and_deleted_in_place(signed_in: Page) -> None:
    page = signed_in
    upload = FilePayload(name="in.txt", mimeType="text/plain", buffer=b"from a file")
    page.get_by_label("Add files").set_input_files(upload)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("link", name="in.txt", exact=True)).to_be_visible()
    run_script(page, 'print(io.open("in.txt"):read("a"))')
    wait_for_end(page, "succeeded")
    expect(page.locator("[data-console]")).to_contain_text("from a file")
    page.get_by_role("link", name="Delete in.txt").click()
    page.get_by_role("button", name="Delete file").click()
    expect(page.get_by_role("link", name="in.txt", exact=True)).to_have_count(0)
    expect(page.get_by_text("Deleted the file in.txt.")).to_have_count(1)
