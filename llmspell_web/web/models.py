"""How often something was tried of late; read and written by rate_limits.py alone."""

from django.db import models


class Tries(models.Model):
    """The tries of one kind by one address, or at one name. `key` is the SHA-256 of both, so that nobody learns from
    the database where people are; `until`, in seconds since 1970, is when they are forgotten."""

    key = models.CharField(max_length=64, primary_key=True)
    until = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
