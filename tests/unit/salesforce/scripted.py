"""An org of a few lines on a real port: each test says what it answers, request by request."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from syncline.config.models import Connection
from syncline.kinds.salesforce_ids import long_id
from syncline.salesforce.connect import Options, open_connection
from syncline.salesforce.crm import SalesforceCrm
from syncline.salesforce.describe import forget_descriptions
from syncline.salesforce.tokens import forget_sessions

ORG, USER = "00D000000000001EAA", "005000000000001AAA"
CREDENTIALS = {"flow": "client_credentials", "client_id": "app", "client_secret": "hush"}
DATE = "Thu, 01 Jan 2026 12:00:00 GMT"


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Said:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """The connection breaks in the middle of the body."""
    reset: bool = False
    """The connection breaks before an answer."""


Answering = Callable[[Asked], Said]


@dataclass
class ScriptedOrg:
    """Routes by the end of the path; the first answers of `script` go before them."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    routes: dict[str, Answering] = field(default_factory=dict)
    script: list[Said] = field(default_factory=list)
    logins: int = 0
    refresh_token: str | None = None
    pauses: list[float] = field(default_factory=list)

    def route(self, path: str, said: Said | Answering) -> None:
        self.routes[path] = said if callable(said) else lambda asked: said

    def calls(self) -> list[str]:
        """Paths behind the version of all API calls."""
        return [
            each.path.partition("/data/v62.0/")[2] for each in self.asked if "/data/" in each.path
        ]

    def answer(self, asked: Asked) -> Said:
        if asked.path == "/services/oauth2/token":
            return self._login(asked)
        self.asked.append(asked)
        if self.script:
            return self.script.pop(0)
        for path, answering in self.routes.items():
            if asked.path.rstrip("/").endswith(path):
                return answering(asked)
        return refused(404, "NOT_FOUND", "The requested resource does not exist")

    def _login(self, asked: Asked) -> Said:
        if "login" in self.routes:
            return self.routes["login"](asked)
        self.logins += 1
        body = {
            "access_token": f"token-{self.logins}",
            "instance_url": self.url,
            "id": f"https://login.salesforce.com/id/{ORG}/{USER}",
        }
        if self.refresh_token is not None:
            body["refresh_token"] = self.refresh_token
        return Said(body=body)

    def crm(self, connection: Connection | None = None, **options: Any) -> SalesforceCrm:
        return open_connection(
            connection or Connection(login_url=self.url),
            CREDENTIALS,
            options=Options(pause=self.pauses.append, timeout=(2, 5), **options),
        )


def task_id(number: int) -> str:
    return long_id(f"00T{number:012}")


def refused(status: int, code: str, message: str = "words") -> Said:
    return Said(status, [{"message": message, "errorCode": code}])


def field_of(name: str, type: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, "label": name, **more}


def describe_of(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    system = [
        field_of("Id", "id"),
        field_of("IsDeleted", "boolean"),
        field_of("SystemModstamp", "datetime"),
        field_of("LastModifiedDate", "datetime"),
    ]
    keys = {"label": name, "keyPrefix": "00T", "replicateable": True, **more}
    return {"name": name, "fields": [*system, *fields], **keys}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    org: ScriptedOrg

    def handle_one(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        said = self.org.answer(
            Asked(
                self.command,
                parts.path,
                {name: values[0] for name, values in parse_qs(parts.query).items()},
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length).decode(),
            )
        )
        if said.reset:
            self._reset()
            return
        self._send(said)

    def _send(self, said: Said) -> None:
        text = said.body if isinstance(said.body, str) else json.dumps(said.body)
        data = b"" if said.body is None else text.encode()
        self.send_response_only(said.status)
        headers = {"Date": DATE, "Content-Type": "application/json", **said.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        if said.status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if said.cut else data)
        self.wfile.flush()
        if said.cut:
            self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.rfile.close()

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_one  # noqa: N815 - http.server's own

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that the test broke on purpose is no news."""


@contextmanager
def scripted_org() -> Iterator[ScriptedOrg]:
    org = ScriptedOrg()
    handler = type("Handler", (_Handler,), {"org": org})
    server = _Server(("127.0.0.1", 0), handler)
    org.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    forget_sessions()
    forget_descriptions()
    try:
        yield org
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
