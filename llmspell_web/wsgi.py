"""The WSGI entry point that granian serves."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from llmspell_web.web.process import die_with_parent, guard_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llmspell_web.settings")
guard_process()
die_with_parent(signal.SIGTERM)
application = get_wsgi_application()
