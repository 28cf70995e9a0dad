"""What the functions of one run share: whose run it is, its current session, what it touched and stored."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from artifacts.models import Artifact
from llmspell_web.lua import LimitPassed, Value
from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField, NotFound, Problem
from llmspell_web.workspace.host.open_files import OpenFiles
from llmspell_web.workspace.host.options import describe, read_text
from llmspell_web.workspace.host.private_files import PrivateFiles
from llmspell_web.workspace.host.uses import Uses
from llmspell_web.workspace.models import Run, RunTouch
from llmspell_web.workspace.output import Console
from sessions.access import get_session, get_session_for_change
from sessions.models import Session
from sessions.services import set_current_session


class RunContext:
    """Every object that a script names is looked up here, as the run's user, at the moment of the call: who loses
    access in the middle of a run has lost it at the next call."""

    def __init__(self, run: Run, console: Console, stored_bytes_allowed: int) -> None:
        self.run_id = run.pk
        self.user: User = run.user
        self.console = console
        self.open_files = OpenFiles()
        self.private_files = PrivateFiles()
        self.uses = Uses(run.pk)
        self.stored_bytes = 0
        self._stored_bytes_allowed = stored_bytes_allowed
        self._current: UUID | None = run.session_id
        self.has_cleared_current = False  # by the script itself: there was one, and it asked for none
        self._touched: dict[tuple[str, UUID], bool] = {}

    def session(self, value: Value, *, change: bool = False) -> Session:
        """The session that an argument names: an id, or nil or "" for the current one."""
        load = get_session_for_change if change else get_session
        if value is None or value == b"":
            if self._current is None:
                raise Problem("no current session: pass a session id or call Session.setCurrent(id)")
            try:
                session = load(self.user, self._current)
            except NotFound:
                self._current = None
                return self.session(None)
        else:
            session = load(self.user, read_session_id(value))
        self.touch(RunTouch.Kind.SESSION, session.pk)
        return session

    def current_session_id(self) -> UUID | None:
        """None also when the session was deleted or is no longer visible."""
        if self._current is not None:
            try:
                get_session(self.user, self._current)
            except NotFound:
                self._current = None
        return self._current

    def set_current(self, session: Session | None) -> None:
        """For this run at once, and for the account's next page and run."""
        set_current_session(self.user, session)
        self.has_cleared_current = session is None and (self._current is not None or self.has_cleared_current)
        self._current = session.pk if session else None

    def warn(self, text: str) -> None:
        self.console.write("stderr", f"{text}\n".encode())

    def warn_if_more(self, function: str, shown: int, offset: int, matched: int) -> None:
        """Nothing is cut silently: say how many more there are than the list holds."""
        if matched > offset + shown:
            self.warn(f"{function}: {matched} matched, {shown} returned from offset {offset} (raise limit or offset)")

    @contextmanager
    def storing(self, size: int) -> Iterator[None]:
        """Ends the run if content of this size would pass the limit, and counts it once the block has stored it."""
        if self.stored_bytes + size > self._stored_bytes_allowed:
            raise LimitPassed("stored_bytes")
        yield
        self.stored_bytes += size

    def touch(self, kind: str, key: UUID) -> None:
        """Remember what the run created, changed or read by id. Written to the database by `save_touches`."""
        self._touched.setdefault((kind, key), False)

    def touch_artifact(self, artifact: Artifact) -> None:
        self.touch(RunTouch.Kind.ARTIFACT, artifact.pk)

    def save_touches(self) -> None:
        fresh = [key for key, saved in self._touched.items() if not saved]
        if fresh:
            RunTouch.objects.bulk_create(_touch_rows(self.run_id, fresh), ignore_conflicts=True)
            self._touched.update(dict.fromkeys(fresh, True))

    def close(self) -> None:
        self.open_files.close()
        self.private_files.close()
        self.uses.save()
        self.save_touches()


def read_session_id(value: Value) -> str:
    if not isinstance(value, bytes):
        raise InvalidField("session id", "a string", describe(value))
    return read_text("session id", value)


def _touch_rows(run_id: UUID, keys: Iterable[tuple[str, UUID]]) -> list[RunTouch]:
    return [RunTouch(run_id=run_id, kind=kind, object_id=key) for kind, key in keys]
