"""The provider that people may log in through, as the settings name it."""

from django.conf import settings


def provider_name() -> str:
    """What its button says; empty where none is set up."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    return str(apps[0]["name"]) if apps else ""
