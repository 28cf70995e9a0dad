#!/usr/bin/env python
"""Django's command line for LLMSpell Web."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "llmspell_web.settings")
    from llmspell_web.web.keys import new_key
    from llmspell_web.web.request_ids import requested_as

    try:
        with requested_as(new_key()):
            execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)
