"""How often something may be tried: passwords, codes, secret links.

`check_rate` stands before the work that it protects, on POST alone, and outside of any transaction, whose rollback
would forget the try:

    check_rate(request, "share_password", rate="20/10m")                    # by the address of the client
    check_rate(request, "share_password", key=str(share.pk), rate="30/h")   # whatever the address

A rate of 20/10m lets twenty through at once and then one each half minute: it slows down and never locks out, and
nobody waits longer than for one place. What is refused does not count. Counts are rows of the database, which all
processes share; one conditional UPDATE counts, so that tries side by side are counted each.
"""

import hashlib
import math
import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import wraps
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponseBase

from llmspell_web.web.models import Tries
from llmspell_web.web.problems import TooManyTries

View = Callable[..., HttpResponseBase]

FORGOTTEN_AT_ONCE = 500
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def check_rate(request: HttpRequest, action: str, *, key: str = "", rate: str) -> None:
    """Counts one try of `action`, by the client's address or, where `key` is given, by that alone. TooManyTries when
    there were more than `rate`: how many in how long, such as `5/m`, `20/10m`, `100/h`."""
    amount, seconds = _parse(rate)
    now, digest = time.time(), _digest(request, action, key)
    with transaction.atomic():
        Tries.objects.bulk_create([Tries(key=digest, until=now)], ignore_conflicts=True)
        mine = Tries.objects.filter(key=digest)
        place = seconds / amount
        if mine.filter(until__lte=now + seconds - place).update(until=Greatest(F("until"), now) + place):
            return
        until = mine.values_list("until", flat=True).first()
    if until is not None:  # else forgotten at this very moment, so none of many
        raise TooManyTries(max(1, math.ceil(until + place - seconds - now)))


def forgive_try(request: HttpRequest, action: str, *, key: str = "", rate: str) -> None:
    """Takes back what `check_rate` has just counted, as it succeeded: only failures use up a rate."""
    amount, seconds = _parse(rate)
    Tries.objects.filter(key=_digest(request, action, key)).update(until=F("until") - seconds / amount)


@contextmanager
def counting_failures(request: HttpRequest, action: str, *, key: str = "", rate: str) -> Iterator[None]:
    """As `check_rate`, for a block that raises when it fails: one that ends is not counted."""
    check_rate(request, action, key=key, rate=rate)
    yield
    forgive_try(request, action, key=key, rate=rate)


def limited(action: str, rate: str, *, methods: Collection[str] = ("POST",)) -> Callable[[View], View]:
    """A view whose requests by one of the methods all count, by the client's address."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # Any: what the view takes
            if request.method in methods:
                check_rate(request, action, rate=rate)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def forget_tries() -> bool:
    """Takes away some of what counts no more; whether there was any. A chore of runners."""
    over = Tries.objects.filter(until__lt=time.time())
    some = list(over.order_by("until").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    return bool(some and over.filter(pk__in=some).delete()[0])


def client_address(request: HttpRequest) -> str:
    """Whom a request comes from; empty where the server does not know. X-Forwarded-For is believed as far as it was
    written by the proxies of TRUSTED_PROXIES, the last of which is who connected."""
    count = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if count and len(forwarded) >= count:
        try:
            return str(ip_address(forwarded[-count].strip()))
        except ValueError:
            pass  # not by a proxy of ours
    return str(request.META.get("REMOTE_ADDR", ""))


def _digest(request: HttpRequest, action: str, key: str) -> str:
    who = f"key {key}" if key else f"address {_neighbourhood(client_address(request))}"
    return hashlib.sha256(f"{action} {who}".encode()).hexdigest()


def _neighbourhood(address: str) -> str:
    """Of IPv6 the /64, which is what one client gets and may choose from."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Network((int(parsed), 64), strict=False))


def _parse(rate: str) -> tuple[int, int]:
    """How many, in how many seconds."""
    match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)?([smhd])", rate)
    assert match, f"not a rate: {rate}"
    return int(match[1]), int(match[2] or 1) * SECONDS[match[3]]
