"""The two HTTP APIs, page by page, as any program outside would read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

import httpx

Row = Mapping[str, Any]

_VERSION: Final = "v62.0"
_PAGE: Final = 200
_TIMEOUT: Final = 120.0


class Salesforce:
    """An org, signed in with client credentials; one connection until the block ends."""

    def __init__(self, address: str, client_id: str, client_secret: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=_TIMEOUT, trust_env=False)
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        answer = self._http.post("/services/oauth2/token", data=form).raise_for_status().json()
        self._http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def rows(self, soql: str) -> Iterator[Row]:
        """Every record of a query that sees archived and deleted ones too, in pages."""
        answer = self._http.get(f"/services/data/{_VERSION}/queryAll", params={"q": soql})
        while True:
            page = answer.raise_for_status().json()
            yield from page["records"]
            if page["done"]:
                return
            answer = self._http.get(page["nextRecordsUrl"])


class Platform:
    """A workspace, with a token that may read."""

    def __init__(self, address: str, workspace: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=f"{address}/v1/workspaces/{workspace}", timeout=_TIMEOUT, trust_env=False
        )
        self._http.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def rows(self, name: str) -> Iterator[Row]:
        """Every live record of an object."""
        asked = {"limit": str(_PAGE)}
        while True:
            page = self._http.get(f"/records/{name}", params=asked).raise_for_status().json()
            yield from page["items"]
            if page["next"] is None:
                return
            asked["cursor"] = page["next"]

    def story(self, name: str, record: str) -> list[Row]:
        """What the sync says it did to a record last, newest first."""
        answer = self._http.get(f"/history/{name}/{record}", params={"limit": "3"})
        found: list[Row] = answer.raise_for_status().json()["items"]
        return found


def value_of(row: Row, path: str) -> Any:
    """A field of a query's record, `Owner.Email` too."""
    found: Any = row
    for step in path.split("."):
        found = found[step] if found else None
    return found
