"""The filter of the list of sessions."""

from typing import ClassVar

from sessions.filter_form import TIME_HELP, ListForm, choice_field, search_field, sort_field, text_field
from sessions.models import Session
from sessions.terms import Reader
from sessions.wanted import Condition


class SessionFilterForm(ListForm):
    choices: ClassVar = ("status",)
    terms: ClassVar = ("owner", "team", "created", "updated", "parent", "type")

    q = search_field('refund tag:support created:>7d -status:failed "exact words"')
    status = choice_field("Status", Session.Status.choices)
    owner = text_field("Owner", "me, or a user name")
    team = text_field("Team", "a team's short name")
    created = text_field("Created", TIME_HELP, list="times")
    updated = text_field("Updated", TIME_HELP, list="times")
    parent = text_field("Parent", "none, or a session's id")
    meta = text_field("Metadata", "model.name=value")
    type = text_field("Has artifacts of type", "tool_result")
    sort = sort_field(
        {
            "updated": ("oldest update first", "last updated first"),
            "created": ("oldest first", "newest first"),
            "name": ("name from A", "name from Z"),
            "status": ("status from A", "status from Z"),
            "artifacts": ("fewest artifacts first", "most artifacts first"),
            "size": ("smallest first", "largest first"),
        }
    )

    field_order = ["q", "status", "tag"]

    def read_more(self, reader: Reader) -> list[Condition | None]:
        return [self._read_metadata(reader, value) for value in self.values("meta")]

    def _read_metadata(self, reader: Reader, text: str) -> Condition | None:
        path, equals, value = text.partition("=")
        if not equals:
            self.add_error("meta", "Expected key=value, such as ticket_id=12345.")
            return None
        return self.read_term(reader, "meta", f"meta.{path.strip()}", value.strip())
