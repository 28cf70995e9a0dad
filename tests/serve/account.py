"""Who can log in at a served product, made through its own code: `manage.py shell -c` runs this."""

MAKE_ACCOUNT = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from llmspell_web.teams.models import User

user = User.objects.create_user("ada", password="correct horse battery")
login = import_module(settings.SESSION_ENGINE).SessionStore()
login[SESSION_KEY] = str(user.pk)
login[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
login[HASH_SESSION_KEY] = user.get_session_auth_hash()
login.save()
print(f"{settings.SESSION_COOKIE_NAME}={login.session_key}")
"""
