"""What every page's header shows."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def current_session(request: HttpRequest) -> dict[str, object]:
    """`current_session`: the session this account works in, or None. Costs its query only where it is printed."""
    from sessions.access import get_current_session  # models are not loaded yet when settings name this function

    user = request.user
    if not user.is_authenticated:
        return {"current_session": None}
    return {"current_session": SimpleLazyObject(lambda: get_current_session(user))}
