"""What a run reads and writes, in order: noted by the host as it answers, whatever the script does about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from artifacts.models import Artifact
from artifacts.services import RunPlace
from llmspell_web.lua import Caller
from llmspell_web.workspace.models import RunUse, UserFile
from sessions.prepared import insert_row

Key = tuple[str, str, str]
MAX_USES = 1000  # things that are noted of one run; that there were more is noted, too


class Uses:
    """One run's rows of `RunUse`. Each key stands for one use, and so they are counted."""

    def __init__(self, run_id: UUID) -> None:
        self._run_id = run_id
        self._caller: Caller | None = None
        self._known: set[Key] = set()
        self._unsaved: list[tuple[Key, RunUse]] = []

    @contextmanager
    def of_call(self, caller: Caller | None) -> Iterator[None]:
        """A call from there. What is noted in the block is forgotten where the call is refused: it read nothing."""
        self._caller = caller
        before = len(self._unsaved)
        try:
            yield
        except BaseException:
            while len(self._unsaved) > before:
                self._known.remove(self._unsaved.pop()[0])
            raise

    def read_artifact(self, artifact: Artifact) -> None:
        self._note(RunUse.Act.READ, artifact_id=artifact.pk, digest=artifact.blob_id)

    def read_file(self, file: UserFile) -> None:
        """A file that is another by now is read anew."""
        self._note(RunUse.Act.READ, path=file.path, digest=file.blob_id)

    def wrote_file(self, file: UserFile) -> None:
        """Once for each name: a file that grows line by line is one that was written."""
        self._note(RunUse.Act.WROTE, path=file.path)

    def place(self) -> RunPlace:
        """For storing an artifact: what was used is written with it, so that whoever sees it sees its inputs."""
        chunk, line = (self._caller.chunk, self._caller.line) if self._caller else ("", None)
        return RunPlace(len(self._known), chunk, line, self._write)

    def have_been_written(self) -> None:
        """The transaction of `place` has been committed."""
        self._unsaved = []

    def save(self) -> None:
        self._write()
        self.have_been_written()

    def _write(self) -> None:
        rows = [use for _, use in self._unsaved]
        if len(rows) == 1:  # as a rule, where something is stored
            insert_row(rows[0])
        elif rows:
            RunUse.objects.bulk_create(rows)

    def _note(self, act: RunUse.Act, *, artifact_id: UUID | None = None, path: str = "", digest: str = "") -> None:
        key = (act, str(artifact_id or path), digest)
        if len(self._known) > MAX_USES or key in self._known:
            return
        self._known.add(key)
        position = len(self._known)
        if position > MAX_USES:
            use = RunUse(act=RunUse.Act.MORE)
        else:
            use = RunUse(act=act, artifact_id=artifact_id, path=path, digest=digest)
        use.run_id, use.position = self._run_id, position
        if self._caller:
            use.chunk, use.line = self._caller.chunk, self._caller.line
        self._unsaved.append((key, use))
