"""From an event to an answer: route, identity, scope, workspace, handler; every error a problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from syncline.errors import SyncError
from syncline.http.bodies import check_size
from syncline.http.calls import Call, Function, Route
from syncline.http.messages import Answer, Request, request_of
from syncline.http.problems import (
    Flaw,
    Problem,
    RequestError,
    problem_of,
    problem_of_request,
)
from syncline.http.routes import ROUTES
from syncline.http.services import Services
from syncline.usecases.find import find_workspace
from syncline.usecases.identify import Identity

_INTERNAL: Final = Problem(
    status=500,
    code="internal_error",
    detail="Syncline met an error of its own; nothing more is known here",
    remedy="Try again; if it stays, look in the log for the id in the header apigw-requestid.",
)


class Watcher(Protocol):
    """Who is told what became of a request; never with values."""

    def answered(self, request: Request, *, route: str, status: int, code: str | None) -> None: ...

    def failed(self, request: Request, *, route: str) -> None:
        """An error that nobody expected, while it is handled."""


@dataclass(frozen=True, slots=True)
class Api:
    """The routes of one function, ready to answer events."""

    services: Services
    watcher: Watcher
    function: Function

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Always answers."""
        request = request_of(event)
        route: Route | None = None
        try:
            route, path = self._route(request)
            answer, code = self._serve(route, path, request), None
        except RequestError as exc:
            answer, code = problem_of_request(exc).answer(request.path), exc.code
        except SyncError as exc:
            answer, code = problem_of(exc).answer(request.path), exc.code
        except Exception:  # noqa: BLE001 the caller gets a problem, the watcher the traceback
            self.watcher.failed(request, route=_name(route))
            answer, code = _INTERNAL.answer(request.path), _INTERNAL.code
        self.watcher.answered(request, route=_name(route), status=answer.status, code=code)
        return answer.to_event()

    def _route(self, request: Request) -> tuple[Route, dict[str, str]]:
        matches = _matching(request.segments)
        for route, path in matches:
            if route.method == request.method and route.function == self.function:
                return route, path
        if not matches:
            detail = f"there is nothing at {request.path}"
            raise RequestError(404, "unknown_route", detail)
        allowed = ", ".join(sorted({route.method for route, _ in matches}))
        if request.method in allowed.split(", "):
            raise RuntimeError(f"this route belongs to another function than {self.function}")
        raise RequestError(
            405,
            "method_not_allowed",
            f"{request.method} is not possible here; use {allowed}",
            headers={"allow": allowed},
        )

    def _serve(self, route: Route, path: dict[str, str], request: Request) -> Answer:
        if route.scope != "none":
            check_access(request.identity, route, path)
        check_size(request)
        if route.within_workspace:
            find_workspace(self.services.configuration, path["workspace"])
        return route.handler(Call(request, path, self.services, request.identity))


def check_access(identity: Identity | None, route: Route, path: Mapping[str, str]) -> None:
    """RequestError 401 or 403; asks nothing stored, so that it cannot tell what exists."""
    if identity is None:
        raise RequestError(
            401,
            "unauthenticated",
            "this route needs a token",
            flaws=[Flaw("header", "Authorization", "unauthenticated", "no known token", _BEARER)],
            headers={"www-authenticate": "Bearer"},
        )
    if identity.workspace is None:
        return
    if identity.workspace != path["workspace"]:
        raise RequestError(
            403,
            "workspace_forbidden",
            "the token belongs to another workspace",
            flaws=[_forbidden("workspace_forbidden", "Use a token of this workspace.")],
        )
    if route.scope == "administrator":
        raise RequestError(
            403,
            "administrator_only",
            "only the administrator may do this",
            flaws=[_forbidden("administrator_only", "Use the stage's administrator token.")],
        )
    if route.scope not in identity.scopes:
        raise RequestError(
            403,
            "scope_missing",
            f"the token lacks the scope '{route.scope}'",
            flaws=[_forbidden("scope_missing", f"Use a token with the scope '{route.scope}'.")],
        )


_BEARER: Final = "Send 'Authorization: Bearer TOKEN'."


def _forbidden(code: str, remedy: str) -> Flaw:
    return Flaw("header", "Authorization", code, "the token may not do this", remedy)


def _matching(segments: Sequence[str]) -> list[tuple[Route, dict[str, str]]]:
    found = ((route, route.match(segments)) for route in ROUTES)
    return [(route, path) for route, path in found if path is not None]


def _name(route: Route | None) -> str:
    """The route's template: a path may hold ids, which a log has no need of."""
    return f"{route.method} {route.path}" if route else "no route"
