"""An emulator in a process of its own for as long as a test needs it, and the words to steer it."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self

import httpx

_ROOT: Final = Path(__file__).resolve().parents[2]
_TIMEOUT: Final = 120.0
_STOP_SECONDS: Final = 10.0
_FACTS: Final = (
    "http", "https", "proxy", "ca", "my_domain", "client_id", "client_secret", "refresh_token",
    "username", "password", "security_token", "private_key",
)  # fmt: skip

Line = Mapping[str, object]


class EmulatorError(RuntimeError):
    """The emulator did not start, or refused a control request."""


class EmulatorControl:
    """The control routes as calls; each raises EmulatorError with the emulator's reason."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(
            base_url=f"{url}/__emulator__/", timeout=_TIMEOUT, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Any control route; the answer's JSON, or None."""
        content = None if body is None else json.dumps(body).encode()
        return self._send(method, path, content)

    def _send(self, method: str, path: str, content: bytes | None) -> Any:
        answer = self._client.request(method, path, content=content)
        if answer.is_error:
            raise EmulatorError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def load(self, rows: Iterable[tuple[str, Line]]) -> dict[str, int]:
        """Raw rows as (object, fields); returns how many by object."""
        lines = (
            json.dumps({"sobject": sobject, "fields": fields}, ensure_ascii=False)
            for sobject, fields in rows
        )
        return self.load_lines("\n".join(lines).encode())

    def load_lines(self, content: bytes) -> dict[str, int]:
        """Raw rows as NDJSON."""
        loaded: dict[str, int] = self._send("POST", "load", content)["loaded"]
        return loaded

    def now(self) -> str:
        """The emulator's time, ISO in UTC."""
        return str(self.request("GET", "clock")["now"])

    def set_clock(self, now: str) -> None:
        """Stop the clock at an ISO moment."""
        self.request("PUT", "clock", {"now": now})

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.request("PUT", "clock", {"advance": seconds})

    def counts(self) -> dict[str, int]:
        """Requests since the last `clear_journal`, by class of endpoint."""
        found: dict[str, int] = self.request("GET", "journal?limit=0")["counts"]
        return found

    def journal(self) -> list[dict[str, Any]]:
        """Requests since the last `clear_journal`, in order."""
        entries: list[dict[str, Any]] = []
        since: int | None = 0
        while since is not None:
            page = self.request("GET", f"journal?since={since}")
            entries += page["entries"]
            since = page["next"]
        return entries

    def clear_journal(self) -> None:
        """Begin counting again."""
        self.request("DELETE", "journal")

    def arm(self, endpoint: str, kind: str, **details: object) -> None:
        """Arm a fault: times, skip, on, every, share, seed, for_seconds, where, seconds..."""
        self.request("POST", "faults", {"endpoint": endpoint, "kind": kind, **details})

    def late_commits(self, endpoint: str, seconds: float, **details: object) -> None:
        """Let the next writes of an endpoint be seen later: times, where, answer."""
        body = {"endpoint": endpoint, "seconds": seconds, **details}
        self.request("PUT", "late-commits", body)

    def disarm(self) -> None:
        """Take back all faults."""
        self.request("DELETE", "faults")

    def settings(self, **changed: object) -> dict[str, Any]:
        """Turn knobs; returns all of them."""
        found: dict[str, Any] = self.request("POST", "settings", changed)
        return found

    def expire_sessions(self, **whose: str) -> None:
        """End every session, or the one of a `token`, or those of a `username`."""
        self.request("POST", "sessions/expire", whose)

    def put_user(self, username: str, **details: object) -> dict[str, Any]:
        """Make or change a user: password, security_token, password_expired, profile, fields."""
        body = {"username": username, **details}
        made: dict[str, Any] = self.request("POST", "users", body)
        return made

    def put_app(self, client_id: str, **details: object) -> dict[str, Any]:
        """Make or change a connected app: client_secret, run_as, certificate, flows, users..."""
        made: dict[str, Any] = self.request("POST", "apps", {"client_id": client_id, **details})
        return made

    def new_refresh_token(self, client_id: str, username: str) -> str:
        """A refresh token as if a user had approved an app."""
        body = {"client_id": client_id, "username": username}
        return str(self.request("POST", "refresh-tokens", body)["refresh_token"])

    def add_field(self, sobject: str, name: str, kind: str, **details: object) -> None:
        """Add a custom field: label, length, picklist, external_id, unique, reference_to..."""
        body = {"sobject": sobject, "name": name, "type": kind, **details}
        self.request("POST", "fields", body)

    def merge(self, sobject: str, *, winner: str, losers: Iterable[str]) -> None:
        """Merge one or two records into another."""
        body = {"sobject": sobject, "winner": winner, "losers": list(losers)}
        self.request("POST", "merge", body)

    def undelete(self, *ids: str) -> list[str]:
        """Bring records back from the bin; returns all that came back."""
        back: list[str] = self.request("POST", "undelete", {"ids": ids})["undeleted"]
        return back

    def purge(self, sobject: str, *ids: str) -> int:
        """Empty the bin of an object, or of some of its records."""
        return int(self.request("POST", "purge", _some(sobject, ids))["purged"])

    def archive(self, sobject: str, *ids: str) -> int:
        """Archive activities: the given ones, or all that are old enough."""
        return int(self.request("POST", "archive", _some(sobject, ids))["archived"])

    def begin(self, *operations: Line) -> dict[str, Any]:
        """Open a transaction stamped now: {"op", "sobject", "id", "fields"} each."""
        opened: dict[str, Any] = self.request("POST", "transactions", {"operations": operations})
        return opened

    def commit(self, transaction: str) -> None:
        """Let the writes of a transaction be seen, with their earlier stamp."""
        self.request("POST", f"transactions/{transaction}/commit")

    def roll_back(self, transaction: str) -> None:
        """Forget a transaction."""
        self.request("DELETE", f"transactions/{transaction}")

    def snapshot(self, name: str) -> None:
        """Keep the whole org under a name."""
        self.request("POST", "snapshot", {"name": name})

    def restore(self, name: str, *, keep: Iterable[str] = ("faults",)) -> None:
        """Go back to what was kept under a name, but for the parts to keep as they are."""
        self.request("POST", "restore", {"name": name, "keep": list(keep)})

    def org(self) -> dict[str, Any]:
        """Organization, users and credentials."""
        found: dict[str, Any] = self.request("GET", "org")
        return found


def _some(sobject: str, ids: tuple[str, ...]) -> dict[str, object]:
    return {"sobject": sobject, "ids": list(ids)} if ids else {"sobject": sobject}


@dataclass(frozen=True, slots=True)
class Running:
    """One emulator: addresses, the CA to trust, credentials, and its control.

    `private_key` is the file that the app signs its JWTs with.
    """

    http: str
    https: str
    proxy: str
    ca: str
    my_domain: str
    client_id: str
    client_secret: str
    refresh_token: str
    username: str
    password: str
    security_token: str
    private_key: str
    control: EmulatorControl

    @contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        """A client of the org over TLS, with a session of its own."""
        trusted = ssl.create_default_context(cafile=self.ca)
        with httpx.Client(
            base_url=self.https, verify=trusted, trust_env=False, timeout=_TIMEOUT
        ) as client:
            client.headers["Authorization"] = f"Bearer {self._session_id(client)}"
            yield client

    def session_id(self) -> str:
        """A new access token, for clients that are given one."""
        with httpx.Client(base_url=self.http, trust_env=False, timeout=_TIMEOUT) as client:
            return self._session_id(client)

    def _session_id(self, client: httpx.Client) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        answer = client.post("/services/oauth2/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])


@contextmanager
def start(
    *,
    database: Path | None = None,
    image: Path | None = None,
    ports: tuple[int, int] = (0, 0),
) -> Iterator[Running]:
    """A fresh emulator on free ports, ended with the block; an image is what it begins as.

    Readiness is told through the process's own output, so nothing waits or polls.
    """
    command = [sys.executable, "-m", "local.salesforce",
               "--http-port", str(ports[0]), "--https-port", str(ports[1])]  # fmt: skip
    if database is not None:
        command += ["--database", str(database)]
    if image is not None:
        command += ["--image", str(image)]
    with subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        try:
            facts = _facts(process.stdout)
            control = EmulatorControl(facts["http"])
            with control:
                yield Running(control=control, **facts)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _facts(output: IO[str] | None) -> dict[str, str]:
    facts: dict[str, str] = {}
    for line in output or ():
        name, _, value = line.partition(" ")
        facts[name] = value.strip()
        if facts.keys() >= set(_FACTS):
            return facts
    raise EmulatorError("the emulator ended before it was ready")
