"""`Artifact.*` and `Session.save`, as the contract says."""

from dataclasses import dataclass

from artifacts import services
from artifacts.access import find_artifact_by_content, get_artifact
from artifacts.blobs import open_blob
from artifacts.models import Artifact, Blob
from artifacts.queries import ArtifactListFilter, ArtifactQuery, list_artifacts, query_artifacts
from artifacts.saves import save_session
from llmspell_web.lua import Value
from llmspell_web.web.problems import InvalidField, Problem
from llmspell_web.workspace.files import get_file
from llmspell_web.workspace.host.context import RunContext, read_session_id
from llmspell_web.workspace.host.options import (
    content_size,
    describe,
    read_boolean,
    read_json_object,
    read_options,
    read_table,
    read_text,
    read_texts,
    read_time,
    whole_number,
)
from llmspell_web.workspace.host.session_calls import PAGE, Arguments, Function, text_bytes
from llmspell_web.workspace.host.tables import artifact_id_table, artifact_table
from llmspell_web.workspace.paths import is_private, normal_path
from sessions.access import get_session
from sessions.models import Session

LIST = {"type": read_text, "tags": read_texts, "name": read_text, "latest": read_boolean, **PAGE}
QUERY = {
    "session_id": read_text,
    "type": read_text,
    "tags": read_texts,
    "name_pattern": read_text,
    "created_after": read_time,
    "created_before": read_time,
    "min_size": whole_number(0),
    "max_size": whole_number(0),
    **PAGE,
}
STORE = {"mime_type": read_text, "tags": read_texts, "description": read_text}


@dataclass
class OpenContent:
    """A blob's content on its way into the sandbox, piece by piece."""

    blob: Blob

    def __post_init__(self) -> None:
        self.size = self.blob.size
        self._file = open_blob(self.blob)

    def read(self, length: int = -1, /) -> bytes:
        return self._file.read(length)


def store(run: RunContext, arguments: Arguments) -> Value:
    session_value, kind, name, content, options = arguments
    session = run.session(session_value, change=True)
    size = content_size(content)
    if size is None:
        expected = "a string; turn tables into text with json.encode"
        raise InvalidField("content", expected, describe(content))
    fields = _read_store_options(options)
    fields["artifact_type"] = read_text("type", kind)
    fields["name"] = read_text("name", name)
    with run.storing(size + text_bytes(fields)):
        return _store(run, session, content, fields)


def store_file(run: RunContext, arguments: Arguments) -> Value:
    session_value, path_value, kind, options = arguments
    session = run.session(session_value, change=True)
    path = normal_path(read_text("path", path_value))
    fields = _read_store_options(options)
    fields["artifact_type"] = read_text("type", kind)
    fields["name"] = path.rpartition("/")[2]
    if not is_private(path):
        with run.storing(text_bytes(fields)):
            file = get_file(run.user, path)
            run.uses.read_file(file)
            return _store(run, session, file.blob, fields)
    content = run.private_files.find(path)
    if content is None:
        raise Problem(f"file not found: /{path}")
    with run.storing(content.size + text_bytes(fields)):
        return _store(run, session, content.reader(), fields)


def _read_store_options(value: Value) -> dict[str, object]:
    """The known options, and under `custom` every other key."""
    table = read_table("options", value)
    known = {key: item for key, item in table.items() if key in STORE}
    custom = {key: item for key, item in table.items() if key not in STORE}
    return {**{key: STORE[key](key, item) for key, item in known.items()}, "custom": read_json_object("custom", custom)}


def _store(run: RunContext, session: Session, content: object, fields: dict[str, object]) -> Value:
    artifact = services.store_artifact(
        session,
        actor=run.user,
        content=content,  # type: ignore[arg-type]  # a string, parts of one, a file or a blob
        run_id=run.run_id,
        run_place=run.uses.place(),
        **fields,  # type: ignore[arg-type]  # of the names in STORE, unchecked as store_artifact takes them
    )
    run.uses.have_been_written()
    run.touch_artifact(artifact)
    return artifact_id_table(artifact)


def _artifact(run: RunContext, arguments: Arguments, *, change: bool = False) -> Artifact:
    """The artifact that `(session, id)` name. The id may be text, an id table or a metadata table."""
    session_value, wanted = arguments
    if isinstance(wanted, dict):
        if session_value is None:
            session_value = wanted.get(b"session_id")
        wanted = _id_in(run, session_value, wanted)
    session = run.session(session_value, change=change)
    if not isinstance(wanted, bytes):
        raise InvalidField("artifact id", "an artifact id", describe(wanted))
    artifact = get_artifact(run.user, read_text("artifact id", wanted), session=session)
    run.touch_artifact(artifact)
    return artifact


def _id_in(run: RunContext, session_value: Value, table: dict[bytes, Value]) -> Value:
    """The id in an id table or a metadata table; one without `id` names content and version in a session."""
    if table.get(b"id") is not None:
        return table[b"id"]
    digest, version = table.get(b"content_hash"), table.get(b"sequence")
    if not isinstance(digest, bytes) or type(version) is not int:
        expected = "an artifact id, or a table with id, or with content_hash, session_id and sequence"
        raise InvalidField("artifact id", expected, "a table without them")
    session = get_session(run.user, read_session_id(table.get(b"session_id") or session_value))
    found = find_artifact_by_content(session, read_text("content_hash", digest), version)
    if found is None:
        raise Problem(f"artifact not found: {read_text('content_hash', digest)} version {version}")
    return str(found.pk).encode()


def get(run: RunContext, arguments: Arguments) -> Value:
    artifact = _artifact(run, arguments)
    content = OpenContent(artifact.blob)
    run.uses.read_artifact(artifact)
    return {"id": str(artifact.pk), "content": content, "metadata": artifact_table(artifact)}


def list_(run: RunContext, arguments: Arguments) -> Value:
    chosen = ArtifactListFilter(**read_options(arguments[1], LIST))
    if arguments[0] in (None, b"") and run.has_cleared_current:
        # The guide's own example clears the current session and lists by it: docs/decisions/005-list-after-clearing.md
        run.warn("Artifact.list: no current session, since this script has cleared it: the list is empty")
        return []
    session = run.session(arguments[0])
    artifacts, matched = list_artifacts(session, chosen)
    run.warn_if_more("Artifact.list", len(artifacts), chosen.offset, matched)
    return [artifact_table(artifact) for artifact in artifacts]


def query(run: RunContext, arguments: Arguments) -> Value:
    options = read_options(arguments[0], QUERY, name="query")
    if "session_id" in options:
        options["session_id"] = get_session(run.user, options["session_id"]).pk
    chosen = ArtifactQuery(**options)
    artifacts, matched = query_artifacts(run.user, chosen)
    run.warn_if_more("Artifact.query", len(artifacts), chosen.offset, matched)
    return [artifact_table(artifact) for artifact in artifacts]


def delete(run: RunContext, arguments: Arguments) -> Value:
    services.delete_artifact(_artifact(run, arguments, change=True), actor=run.user, run_id=run.run_id)
    return None


def save(run: RunContext, arguments: Arguments) -> Value:
    session = run.session(arguments[0], change=True)
    return save_session(session, actor=run.user, run_id=run.run_id).number


FUNCTIONS: dict[str, Function] = {
    "Session.save": save,
    "Artifact.store": store,
    "Artifact.storeFile": store_file,
    "Artifact.get": get,
    "Artifact.list": list_,
    "Artifact.query": query,
    "Artifact.delete": delete,
}
