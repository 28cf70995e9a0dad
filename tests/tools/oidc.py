"""A small OpenID Connect provider (code flow with PKCE) on this machine, whose one person is logged in."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "llmspell", "between us"
Claims = dict[str, Any]  # Any: as JSON has it


class Provider(ThreadingHTTPServer):
    """`person` is what it says of who is logged in, `audience` whom for; `consents` is whether that person agrees."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person: Claims = {"sub": "person-1", "preferred_username": "ada", "email": "ada@example.com"}
        self.audience = CLIENT_ID
        self.consents = True
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, self._flat(urlsplit(self.path).query)
        match path:
            case "/.well-known/openid-configuration":
                url = self.server.url
                endpoints = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
                found = {f"{name}_endpoint": f"{url}/{where}" for name, where in endpoints.items()}
                self._answer({"issuer": url, "jwks_uri": f"{url}/jwks", **found})
            case "/authorize":
                self._authorize(query)
            case "/userinfo":
                known = self.headers.get("Authorization", "").removeprefix("Bearer ") in self.server.tokens
                self._answer(self.server.person if known else {}, 200 if known else 401)
            case _:
                self._answer({}, 404)

    def do_POST(self) -> None:
        """The token endpoint: a code works once, for whoever holds the secret and the verifier."""
        sent = self._flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        begun = self.server.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if begun is None or begun["code_challenge"] != challenge or sent.get("client_secret") != CLIENT_SECRET:
            self._answer({"error": "invalid_grant"}, 400)
            return
        token, now = secrets.token_urlsafe(), int(time.time())
        self.server.tokens.add(token)
        claims = {"iss": self.server.url, "aud": self.server.audience, "iat": now, "exp": now + 60}
        signed = jwt.encode(claims | self.server.person, self.server.key, algorithm="RS256")
        self._answer({"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": signed})

    def _authorize(self, query: dict[str, str]) -> None:
        code = secrets.token_urlsafe()
        self.server.codes[code] = query
        answer = {"code": code} if self.server.consents else {"error": "access_denied"}
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(answer | {'state': query['state']})}")
        self.end_headers()

    def _answer(self, content: Claims, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @staticmethod
    def _flat(query: str) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(query).items()}
