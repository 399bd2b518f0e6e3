"""What a route gets and gives, apart from any web framework, so that Composite can call routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.http.jsontext import read_json
from local.salesforce.values import dump

JSON: Final = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One request; header names are in lower case, `params` are the placeholders of the path.

    `unreadable` is what was wrong with a body that could not be unpacked. The body of an upload is
    in `file`, which is gone after the call unless it was kept.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    params: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    user_id: str = ""
    client_id: str | None = None
    unreadable: ApiError | None = None
    file: Path | None = None

    def keep(self, path: Path) -> None:
        """The body as a file of this name, whether it came as one or not."""
        if self.file is not None:
            self.file.replace(path)
        else:
            path.write_bytes(self.body)

    def lines(self) -> Iterator[bytes]:
        """The body by its lines, read as they are wanted."""
        if self.file is None:
            yield from self.body.split(b"\n")
        else:
            with self.file.open("rb") as file:
                yield from file

    def drop(self) -> None:
        """Remove the file unless it was kept."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)

    @property
    def version(self) -> str:
        """`62.0`."""
        return self.params["version"].lower().removeprefix("v")

    @property
    def base(self) -> str:
        """`/services/data/v62.0`."""
        return f"/services/data/v{self.version}"

    def json(self) -> object:
        """The body as JSON; raises ApiError as the parser of Salesforce words it."""
        return read_json(self.body)

    def json_object(self) -> dict[str, object]:
        """The body as a JSON object."""
        found = self.json()
        if not isinstance(found, dict):
            raise ApiError(
                Kind.JSON_PARSER,
                text="Cannot deserialize instance of sobject from START_ARRAY value [line:1,"
                " column:1]",
            )
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: a JSON body, or none, or raw bytes, or a stream of them."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    stream: Iterator[bytes] | None = None
    media: str = JSON

    def content(self) -> bytes:
        """The bytes of an answer that is no stream."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else dump(self.body)


NO_CONTENT: Final = Answer(204)


def refused(error: ApiError) -> Answer:
    """The answer of a failed call."""
    return Answer(error.status, error.body())
