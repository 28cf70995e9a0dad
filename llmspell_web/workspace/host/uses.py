"""What a run reads and writes, in order: noted by the host as it answers, whatever the script does about it."""

from uuid import UUID

from artifacts.models import Artifact
from artifacts.services import RunPlace
from llmspell_web.lua import Caller
from llmspell_web.workspace.models import RunUse, UserFile
from sessions.prepared import insert_row

MAX_USES = 1000  # things that are noted of one run; that there were more is noted, too


class Uses:
    """One run's rows of `RunUse`. `caller` is where the script stands in the present call."""

    def __init__(self, run_id: UUID) -> None:
        self.caller: Caller | None = None
        self._run_id = run_id
        self._known: set[tuple[str, ...]] = set()
        self._unsaved: list[RunUse] = []
        self._count = 0

    def read_artifact(self, artifact: Artifact) -> None:
        self._note(RunUse.Act.READ, artifact_id=artifact.pk, digest=artifact.blob_id)

    def read_file(self, file: UserFile) -> None:
        """A file that is another by now is read anew."""
        self._note(RunUse.Act.READ, path=file.path, digest=file.blob_id)

    def wrote_file(self, file: UserFile) -> None:
        """Once for each name: a file that grows line by line is one that was written."""
        self._note(RunUse.Act.WROTE, path=file.path)

    def place(self) -> RunPlace:
        chunk, line = (self.caller.chunk, self.caller.line) if self.caller else ("", None)
        return RunPlace(self._count, chunk, line)

    def save(self) -> None:
        """Writes what is new, in one statement; a failure leaves it for the next time."""
        if len(self._unsaved) == 1:  # as a rule, before something is stored
            insert_row(self._unsaved[0])
        else:
            RunUse.objects.bulk_create(self._unsaved)
        self._unsaved = []

    def _note(self, act: RunUse.Act, *, artifact_id: UUID | None = None, path: str = "", digest: str = "") -> None:
        key = (act, str(artifact_id or path), digest)
        if self._count > MAX_USES or key in self._known:
            return
        self._known.add(key)
        self._count += 1
        if self._count > MAX_USES:
            use = RunUse(act=RunUse.Act.MORE)
        else:
            use = RunUse(act=act, artifact_id=artifact_id, path=path, digest=digest)
        use.run_id, use.position = self._run_id, self._count
        if self.caller:
            use.chunk, use.line = self.caller.chunk, self.caller.line
        self._unsaved.append(use)
