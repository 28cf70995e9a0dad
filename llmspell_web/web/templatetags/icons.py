"""Icons of the installed Lucide package, inline. Each is drawn once: a list shows the same few in every row."""

from functools import lru_cache

from django import template
from lucide.templatetags.lucide import lucide as draw

register = template.Library()

# Templates name them all, beside the few of statuses and events: far fewer than this.
lucide = register.simple_tag(lru_cache(maxsize=512)(draw), name="lucide")
