"""Sending mail beside the request: whether there was any to send does not show in how long the answer takes."""

import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)

# One thread: mails are few, and a server that does not answer is asked by one of them at a time.
_sender = ThreadPoolExecutor(1, thread_name_prefix="mail")


def send_soon(message: EmailMessage) -> None:
    """Nothing where mail is not set up. What cannot be sent is logged; people ask again."""
    if settings.SENDS_MAIL:
        _sender.submit(_send, message)


def wait_until_sent() -> None:
    """Returns when every mail so far was sent or given up."""
    _sender.submit(int).result()


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:  # of which those of smtplib are some
        logger.exception("a mail could not be sent")
