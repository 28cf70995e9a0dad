"""The filter of the list of artifacts."""

from typing import ClassVar

from sessions.filter_form import TIME_HELP, ListForm, search_field, sort_field, text_field


class ArtifactListForm(ListForm):
    terms: ClassVar = ("type", "name", "mime", "size", "created", "session", "by", "run", "hash", "inside", "team")

    q = search_field('report type:tool_result size:>1MB inside:"refund approv*" -tag:draft')
    type = text_field("Type", "tool_result, chart")
    name = text_field("Name", "report or *.csv")
    mime = text_field("MIME type", "text/csv or image/*")
    size = text_field("Size", ">10MB, 1kb..5mb")
    created = text_field("Stored", TIME_HELP, list="times")
    session = text_field("Session", "a session's id")
    by = text_field("Stored by", "me, or a user name")
    run = text_field("Run", "a run's id, any, or none")
    hash = text_field("SHA-256", "how it begins")
    inside = text_field("Text inside", "refund approv*")
    team = text_field("Team", "a team's short name")
    sort = sort_field(
        {
            "created": ("oldest first", "newest first"),
            "name": ("name from A", "name from Z"),
            "size": ("smallest first", "largest first"),
        }
    )

    field_order = ["q", "type", "tag"]
