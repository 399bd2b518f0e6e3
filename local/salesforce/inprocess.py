"""The routes without sockets: a signed-in client of an org in the same process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.salesforce.faultkinds import Meets
from local.salesforce.http.messages import Answer, Call
from local.salesforce.http.serving import CUT_STATUS, chosen, note, perform
from local.salesforce.org import Org
from local.salesforce.values import dump

ORIGIN: Final = "https://emulator.example"


_CUT: Final = frozenset({Meets.RESET, Meets.RESET_IN_REQUEST, Meets.HALF})


class ConnectionCutError(ConnectionError):
    """An armed fault cut the connection; what was written before is written."""


@dataclass(frozen=True, slots=True)
class Api:
    """Calls under `/services/data/vNN.N`; every answer as (status, JSON body)."""

    org: Org
    token: str
    version: str = "62.0"

    @classmethod
    def signed_in(cls, org: Org, *, version: str = "62.0") -> Api:
        """A client with a session of its own, which no moving of the clock ends."""
        return cls(org, org.sessions.open(lasting=True), version)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any call; a path that does not start with a slash is one of the version.

        Armed faults hit it as they would over sockets, but nothing ever waits. Raises
        ConnectionCutError where a connection would be cut.
        """
        full = path if path.startswith("/") else f"/services/data/v{self.version}/{path}"
        content = body if isinstance(body, bytes) else b"" if body is None else dump(body)
        call = Call(
            method=method,
            path=full,
            query=query or {},
            headers={"authorization": f"Bearer {self.token}", **(headers or {})},
            body=content,
            origin=ORIGIN,
        )
        fault = chosen(self.org, call, early=True) or chosen(self.org, call)
        served = perform(self.org, call, fault)
        cut = served.meets in _CUT
        found = served.answer
        size = 0 if cut or found.stream is not None else len(found.content())
        note(self.org, call, served, status=CUT_STATUS if cut else found.status, size=size)
        if cut:
            raise ConnectionCutError(served.meets.value)
        return found

    def call(self, method: str, path: str, body: object = None, **query: str) -> tuple[int, Any]:
        """Any call, answered by status and parsed JSON."""
        found = self.send(method, path, body=body, query=query)
        content = found.content()
        return found.status, json.loads(content) if content else None

    def query(self, statement: str, *, everything: bool = False) -> list[dict[str, Any]]:
        """All records of a statement, without their attributes; every page is read."""
        status, page = self.call("GET", "queryAll" if everything else "query", q=statement)
        if status != 200:
            raise AssertionError(page)
        records: list[dict[str, Any]] = page["records"]
        while not page["done"]:
            _, page = self.call("GET", page["nextRecordsUrl"])
            records += page["records"]
        return [_plain(record) for record in records]

    def create(self, sobject: str, **fields: object) -> str:
        """A new record's id; anything but success is an AssertionError."""
        status, body = self.call("POST", f"sobjects/{sobject}", fields)
        if status != 201:
            raise AssertionError(body)
        return str(body["id"])

    def load(self, sobject: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Raw rows."""
        lines = b"\n".join(dump({"sobject": sobject, "fields": dict(row)}) for row in rows)
        status, body = self.call("POST", "/__emulator__/load", lines)
        if status != 200:
            raise AssertionError(body)


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(value) if isinstance(value, Mapping) and "attributes" in value else value
        for name, value in record.items()
        if name != "attributes"
    }
