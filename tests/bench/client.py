"""A browser without a browser: one keep-alive connection, cookies, and the forms of the pages."""

import json
import re
import time
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from itertools import chain
from typing import Any
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PASSWORD = "correct horse battery"
BOUNDARY = "----bench"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client:
    """Follows no redirects by itself: a figure counts one request."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.url = url
        self.connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.cookies = {} if cookies is None else cookies
        self.token = ""

    def request(
        self, method: str, path: str, body: str | bytes | Iterable[bytes] = "", headers: dict[str, str] | None = None
    ) -> HTTPResponse:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        self.connection.request(method, path, body or None, sent)
        response = self.connection.getresponse()
        for header in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return response

    def get(self, path: str) -> str:
        response = self.request("GET", path)
        page = response.read().decode()
        if response.status >= 400:
            raise RuntimeError(f"GET {path}: {response.status} {page[:200]}")
        if match := TOKEN.search(page):
            self.token = match.group(1)
        return page

    def post(self, path: str, fields: dict[str, str], accept: str = "*/*") -> str:
        fields = fields | {"csrfmiddlewaretoken": self.token}
        response = self.request("POST", path, urlencode(fields), FORM | {"Accept": accept})
        page = response.read().decode()
        if response.status >= 400:
            raise RuntimeError(f"POST {path}: {response.status} {page[:200]}")
        return page

    def upload(
        self, path: str, fields: dict[str, str], name: str, content: bytes | Iterator[bytes], size: int | None = None
    ) -> HTTPResponse:
        """Send a form with one file, as the script of the page does. `size` is that of a content in pieces."""
        fields = fields | {"csrfmiddlewaretoken": self.token}
        heads = [f'name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
        heads += [f'name="content"; filename="{name}"\r\n\r\n']
        start = "".join(f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}" for head in heads).encode()
        end = f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "application/json"}
        body: bytes | Iterable[bytes]
        if isinstance(content, bytes):
            body = start + content + end
        else:
            body = chain([start], content, [end])
            headers["Content-Length"] = str(len(start) + (size or 0) + len(end))
        response = self.request("POST", path, body, headers)
        if response.status >= 400:
            raise RuntimeError(f"POST {path}: {response.status} {response.read(200)!r}")
        return response

    def sign_up(self, link: str, username: str = "ada") -> None:
        path = urlsplit(link).path
        self.get(path)
        self.post(path, {"username": username, "password1": PASSWORD, "password2": PASSWORD})
        self.get("/workspace/")
        self.token = self.token or self.cookies["csrftoken"]

    def twin(self) -> "Client":
        """Another connection of the same browser."""
        twin = Client(self.url, self.cookies)
        twin.token = self.token
        return twin

    def run(self, source: str) -> str:
        """Start a script; returns the id of its run."""
        return str(json.loads(self.post("/workspace/run", {"source": source}, "application/json"))["id"])

    def stop(self, run: str) -> None:
        self.post(f"/runs/{run}/stop", {})

    def console(self, run: str) -> Iterator[dict[str, Any]]:  # Any: JSON
        """The lines of the run's console as they arrive; the last has `end`. Polls where the server says to."""
        after = 0
        while True:
            response = self.request("GET", f"/runs/{run}/console?after={after}")
            if response.status >= 400:
                raise RuntimeError(f"console of {run}: {response.status} {response.read(200)!r}")
            while line := response.readline():
                event = json.loads(line) if line.strip() else {}
                after = event.get("seq", after)
                time.sleep(event.get("poll", 0) / 1000)
                yield event
                if "end" in event:
                    response.read()
                    return

    def first_text(self, events: Iterator[dict[str, Any]]) -> str:  # Any: JSON
        """The first console text among the events, which can be gone on with afterwards."""
        return next(str(event["text"]) for event in events if "text" in event)

    def wait(self, run: str) -> str:
        """The status that the run ended with."""
        *_, last = self.console(run)
        return str(last["end"])
