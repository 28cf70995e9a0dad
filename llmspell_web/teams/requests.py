"""The request as a view behind LoginMiddleware sees it."""

from llmspell_web.teams.models import User
from llmspell_web.web.htmx import HtmxRequest


class AccountRequest(HtmxRequest):
    """A request of somebody who is logged in."""

    user: User
