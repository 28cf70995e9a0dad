"""The lineage of an artifact in a real browser: a graph that fits the screen and the keyboard, and no fault for axe."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import run_script, wait_for_end
from tests.browser.test_accessibility import look_at
from tests.tools.server import Server

MAKE = """-- Build the report
local raw
for i = 1, 9 do
  local id = Artifact.store("", "user_input", "raw-" .. i .. ("-long"):rep(20), "x" .. i)
  raw = Artifact.get("", id)
end
local f = io.open("settings.json", "w") f:write("{}") f:close()
local gone = Artifact.get("", Artifact.store("", "user_input", "gone", "x"))
Artifact.delete("", gone.id)
io.open("settings.json"):read("a")
return json.array({Artifact.store("", "agent_output", "report.md", raw.content).id})
"""
READ = """-- Sum it up
local id = Artifact.list("", {name = "report.md"})[1].id
local report = Artifact.get("", id)
Artifact.store("", "agent_output", "summary.md", report.content)
"""


@pytest.mark.parametrize(("width", "drawn", "left_out"), [(360, "narrow", "wide"), (1440, "wide", "narrow")])
def test_lineage(server: Server, signed_in: Page, browser: Browser, width: int, drawn: str, left_out: str) -> None:
    run_script(signed_in, 'Session.setCurrent(Session.create({name = "Reports"}))')
    wait_for_end(signed_in, "succeeded")
    run_script(signed_in, MAKE)
    wait_for_end(signed_in, "succeeded")
    made = signed_in.get_by_role("region", name="Touched by this run").get_by_role("link", name="report.md", exact=True)
    path = f"{made.get_attribute('href') or ''}lineage"
    run_script(signed_in, READ)
    wait_for_end(signed_in, "succeeded")
    run = signed_in.locator("[data-run-status] a").get_attribute("href") or ""
    faults = []
    for scheme in ("light", "dark"):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            storage_state=signed_in.context.storage_state(),
        )
        faults += [fault for each in (path, run) for fault in look_at(context.new_page(), server, each)]
        context.close()
    assert faults == []

    signed_in.set_viewport_size({"width": width, "height": 800})
    signed_in.goto(server.url + path)
    expect(signed_in.locator(f".lineage-graph__{drawn}")).to_be_visible()
    expect(signed_in.locator(f".lineage-graph__{left_out}")).to_be_hidden()
    graph = signed_in.get_by_role("group", name="Graph of the lineage")
    expect(graph.get_by_text("and 5 more")).to_be_visible()
    output = graph.get_by_role("link", name="summary.md")
    output.focus()
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("heading", name="summary.md v1")).to_be_visible()
