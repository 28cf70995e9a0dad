"""The WSGI entry point that granian serves."""

import gc
import os
import signal

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from llmspell_web.web.process import die_with_parent, guard_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llmspell_web.settings")
guard_process()
die_with_parent(signal.SIGTERM)
application = get_wsgi_application()
assert get_resolver().url_patterns  # loads every view now
# What starting made stays. Looking through it for garbage again and again took 50 ms of every twentieth request.
gc.collect()
gc.freeze()
