"""RFC 9457 problem documents, and the total table from errors to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from syncline.errors import (
    ConfigurationError,
    ConflictError,
    InvariantError,
    NotFoundError,
    RateLimitedError,
    RecordRejectedError,
    RetryableError,
    SyncError,
)
from syncline.http.messages import PROBLEM, Answer
from syncline.usecases.findings import (
    Finding,
    InUseError,
    InvalidInputError,
    KeyReusedError,
    PreconditionError,
    RunUnfinishedError,
)

_RETRY_SECONDS: Final = 5
_LONGEST_VALUE: Final = 200


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a request: in its body (a JSON pointer), query, path or a header."""

    place: str
    field: str
    code: str
    message: str
    remedy: str | None = None
    value: Any = None

    def to_json(self) -> dict[str, Any]:
        """As shown; only scalars are repeated, and not whole."""
        shown = {
            "in": self.place,
            "field": self.field,
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "value": _short(self.value),
        }
        return {name: value for name, value in shown.items() if value is not None}


class RequestError(Exception):
    """A request that no use case gets to see."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        flaws: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.flaws = tuple(flaws)
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Problem:
    """What a problem document says beside its instance."""

    status: int
    code: str
    detail: str
    remedy: str | None = None
    flaws: tuple[Flaw, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, instance: str) -> Answer:
        """The document, with the path of the request as its instance."""
        body = {
            "type": f"urn:syncline:problem:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "errors": [flaw.to_json() for flaw in self.flaws],
            **({"remedy": self.remedy} if self.remedy else {}),
            **self.more,
        }
        return Answer(self.status, body, self.headers, PROBLEM)


STATUS: Final[Mapping[type[SyncError], int]] = {
    SyncError: 500,
    InvariantError: 500,
    RetryableError: 503,
    RateLimitedError: 503,
    RecordRejectedError: 422,
    ConfigurationError: 422,
    NotFoundError: 404,
    ConflictError: 409,
    PreconditionError: 412,
}
"""Every class of the error tree; an error of a class that is not here has its nearest base's."""


_UNREACHABLE: Final = "org_unreachable"
_REMEDIES: Final = {
    _UNREACHABLE: "Check the connection's login_url and whether that address answers; try again.",
    "conflict_changed": "Look at the conflict again, then decide about the values it shows now.",
    "conflict_settled": "List the conflicts for those that still wait.",
    "letter_malformed": "Discard it; no change goes with it.",
    "job_disabled": "Turn the job on, then start it.",
    "run_not_resumable": "Start a new run of the job.",
    "run_superseded": "Start a new run: it reads what is there now.",
}


def _waits(exc: SyncError) -> str | None:
    return "Try again in a while; nothing was changed." if isinstance(exc, RetryableError) else None


def problem_of(exc: SyncError) -> Problem:
    """The problem of an error that a use case raised."""
    status = next(STATUS[base] for base in type(exc).__mro__ if base in STATUS)
    return Problem(
        status=status,
        code=exc.code,
        detail=exc.message,
        remedy=getattr(exc, "remedy", None) or _REMEDIES.get(exc.code) or _waits(exc),
        flaws=tuple(_flaws(exc)),
        headers=_headers(exc),
        more=_more(exc),
    )


def problem_of_request(exc: RequestError) -> Problem:
    return Problem(exc.status, exc.code, exc.detail, flaws=exc.flaws, headers=exc.headers)


def finding_flaw(finding: Finding) -> Flaw:
    """A use case's finding is about the body."""
    return Flaw("body", finding.field, finding.code, finding.message, finding.remedy, finding.value)


def _flaws(exc: SyncError) -> list[Flaw]:
    if isinstance(exc, InvalidInputError):
        return [finding_flaw(finding) for finding in exc.findings]
    if isinstance(exc, KeyReusedError):
        return [_reused(exc)]
    if isinstance(exc, RecordRejectedError):
        return [Flaw("body", pointer([each]), exc.code, exc.message) for each in exc.fields]
    if exc.code == _UNREACHABLE:
        remedy = _REMEDIES[_UNREACHABLE]
        return [Flaw("body", pointer(["login_url"]), exc.code, exc.message, remedy)]
    if isinstance(exc, ConfigurationError) and exc.field:
        return [_named(exc, exc.field)]
    return []


def _named(exc: ConfigurationError, name: str) -> Flaw:
    if isinstance(exc, NotFoundError):
        return Flaw("path", name, exc.code, exc.message, exc.remedy)
    return Flaw("body", pointer([name]), exc.code, exc.message, exc.remedy)


def _reused(exc: KeyReusedError) -> Flaw:
    place, field = ("body", exc.field) if exc.field else ("header", "Idempotency-Key")
    remedy = "Give it a new key, or send again what the key was first used for."
    return Flaw(place, field, exc.code, exc.message, remedy)


def _headers(exc: SyncError) -> dict[str, str]:
    if isinstance(exc, RateLimitedError):
        return {"retry-after": str(exc.retry_after_seconds)}
    return {"retry-after": str(_RETRY_SECONDS)} if isinstance(exc, RetryableError) else {}


def _more(exc: SyncError) -> dict[str, Any]:
    if isinstance(exc, RunUnfinishedError):
        return {"run": exc.run}
    return {"jobs": list(exc.jobs)} if isinstance(exc, InUseError) else {}


def pointer(parts: Sequence[object]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
    return value if isinstance(value, bool | int | float) else None
