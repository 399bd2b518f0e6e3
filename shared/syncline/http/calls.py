"""A request on its way to a route, and the route's own declaration."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from syncline.http.messages import Answer, Request
from syncline.http.services import Services
from syncline.usecases.identify import Identity

Scope = Literal["none", "administrator", "read", "write", "operate"]
Function = Literal["api", "inspect"]


@dataclass(frozen=True, slots=True)
class Call:
    """What a route's handler gets. `path` holds the values of the route's `{names}`."""

    request: Request
    path: Mapping[str, str]
    services: Services
    identity: Identity | None

    @property
    def workspace(self) -> str:
        return self.path["workspace"]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path. The same table dispatches requests and makes the OpenAPI document.

    `status` are the answers that are no problem; `query` the query parameters it reads. A path
    under a workspace is refused for a workspace that does not exist, but for the routes that
    make it.
    """

    method: str
    path: str
    handler: Callable[[Call], Answer]
    scope: Scope
    summary: str
    answer: type[BaseModel] | None = None
    status: tuple[int, ...] = (200,)
    body: type[BaseModel] | None = None
    body_optional: bool = False
    query: Sequence[str] = ()
    headers: Sequence[str] = ()
    function: Function = "api"

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")[1:])

    @property
    def within_workspace(self) -> bool:
        """Whether the workspace of the path must exist."""
        return self.path.startswith("/v1/workspaces/{workspace}/")

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """The values of the path's names, or None if it is another path."""
        own = self.segments
        if len(own) != len(segments):
            return None
        values: dict[str, str] = {}
        for name, given in zip(own, segments, strict=True):
            if name.startswith("{") and given:
                values[name[1:-1]] = given
            elif name != given:
                return None
        return values
