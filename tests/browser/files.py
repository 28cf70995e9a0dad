"""Files that a browser sends."""

from playwright.sync_api import FilePayload, Page


def upload(page: Page, session: str, contents: dict[str, bytes]) -> None:
    """`session` is the address of its page."""
    page.goto(f"{session}store")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in contents.items()
    ]
    page.locator("input[type=file]").set_input_files(files)
    with page.expect_navigation():
        page.get_by_role("button", name="Upload").click()
