"""Whoever follows every link from what is shared comes to nothing else."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import store_artifact
from llmspell_web.teams.models import Team, User
from llmspell_web.workspace.models import Run, RunOutput, RunTouch, RunUse
from llmspell_web.workspace.runs import create_run
from sessions.models import Session
from sessions.services import create_session
from tests.artifacts.previews.making import HTML, PDF, SVG, make_image, make_wav, make_zip
from tests.shares.conftest import ShareIt, Visit, link

pytestmark = pytest.mark.django_db
CONTENTS = {
    "text.txt": b"plain\n",
    "code.py": b"print('x')\n" * 6000,
    "data.json": b'{"a": {"b": [1, 2, 3]}}',
    "table.csv": b"a,b\n" + b"1,2\n" * 500,
    "page.html": HTML,
    "drawing.svg": SVG,
    "prose.md": b"# Title\n\nWords.\n",
    "doc.pdf": PDF,
    "image.png": make_image("PNG"),
    "image.tiff": make_image("TIFF"),
    "sound.wav": make_wav(),
    "archive.zip": make_zip({"inside.txt": b"x"}),
    "bytes.bin": bytes(range(256)) * 40,
    "empty": b"",
}


class Links(HTMLParser):
    """Every address in a page, wherever it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if value is not None and name in {"href", "src", "action"}}


def walk(client: Client, start: str) -> Iterator[tuple[str, bytes]]:
    """Each address that a page names, and what is there."""
    left, seen = [start], {start}
    while left:
        url = left.pop()
        answer = client.get(url)
        assert answer.status_code in {200, 302}, (url, answer.status_code)
        body = answer.getvalue()
        yield url, body
        links = {answer.headers["Location"]} if answer.status_code == 302 else set()
        if answer.headers["Content-Type"].startswith("text/html") and "attachment" not in str(answer.headers):
            page = Links()
            page.feed(body.decode())
            links |= page.found
        for found in links:
            target = urlsplit(urljoin(url, found))
            assert not target.netloc, (url, found)
            address = f"{target.path}?{target.query}" if target.query else target.path
            if not target.path.startswith("/static/") and address not in seen:
                seen.add(address)
                left.append(address)


@pytest.fixture
def zaphod(make_user: Callable[..., User]) -> User:
    Team.objects.filter(slug=Team.DEFAULT_SLUG).update(name="Telltale crew")
    return make_user("zaphod")


def plant(zaphod: User) -> tuple[Session, list[Artifact], Run, list[str]]:
    """What is shared, and all that nobody may find from there."""
    parent = create_session(zaphod, name="Parental secret", tags=["secret-tag"])
    session = create_session(zaphod, name="Shared session", parent=parent)
    child = create_session(zaphod, name="Childish secret", parent=session)

    def store(place: Session, name: str, content: bytes) -> Artifact:
        return store_artifact(place, actor=zaphod, artifact_type="note", name=name, content=content)

    store(session, "text.txt", b"an older secret\n")
    shared = [store(session, name, content) for name, content in CONTENTS.items()]
    other = store(parent, "foreign-secret.txt", b"foreign contents\n")
    save_session(session, actor=zaphod)
    run = create_run(zaphod, source='print("shared run")', session=session)
    hidden = create_run(zaphod, source='print("secret run")', session=session)
    RunOutput.objects.create(run=run, stream="stdout", text="output of it\n" * 6000)
    RunTouch.objects.create(run=run, kind="session", object_id=parent.pk)
    RunUse.objects.create(run=run, position=1, act="read", artifact_id=other.pk, digest=other.blob_id)
    Run.objects.filter(pk=run.pk).update(status="failed", error_message="no", error_line=1, runner="secret-machine")
    run.refresh_from_db()
    secrets = [parent.name, child.name, "secret", "an older", "foreign", "Telltale", "zaphod", "secret-tag"]
    return session, shared, run, secrets + [str(row.pk) for row in (parent, session, child, other, hidden, zaphod)]


@pytest.mark.parametrize("is_live", [True, False])
def test_nothing_else_is_reached(is_live: bool, zaphod: User, share_it: ShareIt, visit: Visit) -> None:
    session, artifacts, run, secrets = plant(zaphod)
    reached: set[str] = set()
    for thing in (session, *artifacts, run):
        _, token = share_it(thing, actor=zaphod, is_live=is_live)
        for url, body in walk(visit(token), link(token)):
            assert url.startswith(link(token)), url
            assert [secret for secret in secrets if secret.encode() in body] == [], url
            reached.add(re.sub(r"[0-9a-f-]{36}|\?.*", "", url.removeprefix(link(token))))
    assert reached == {
        "",
        "output",
        "artifacts//",
        *(f"artifacts//{part}" for part in ("download", "content", "frame", "picture", "thumbnail")),
    }


def test_addresses_of_others_are_not_there(zaphod: User, share_it: ShareIt, visit: Visit) -> None:
    """What is not shared and what is not there answer alike, whoever guesses what."""
    session, artifacts, run, _ = plant(zaphod)
    foreign = Artifact.objects.get(name="foreign-secret.txt")
    missing = session.pk  # a key of no artifact
    for thing in (session, artifacts[0], run):
        _, token = share_it(thing, actor=zaphod, is_live=True)
        browser = visit(token)
        for name in ("artifact", "part"):
            rest = ["download"] if name == "part" else []
            answers = [
                browser.get(reverse(f"shares:{name}", args=[token, key, *rest])) for key in (foreign.pk, missing)
            ]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert answers[0].content == answers[1].content
        assert browser.get(reverse("shares:part", args=[token, artifacts[1].pk, "delete"])).status_code == 404
        for page in (
            thing.get_absolute_url(),
            reverse("sessions:list"),
            reverse("artifacts:download", args=[foreign.pk]),
        ):
            assert browser.get(page).headers["Location"].startswith(reverse("teams:login"))
    frozen, own = share_it(artifacts[1], actor=zaphod, is_live=False)
    assert visit(own).get(reverse("shares:artifact", args=[own, artifacts[2].pk])).status_code == 404
    assert visit(own).get(reverse("shares:output", args=[own])).status_code == 404
    assert frozen.kind == "artifact"
