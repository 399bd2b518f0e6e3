"""What is wrong with something a person asked for: where, what, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from syncline.engine.records import Value
from syncline.errors import ConfigurationError, ConflictError

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`field` is a JSON pointer into the body; `line` the index of a mapping line.

    `value` is what stands there, never of credentials.
    """

    code: str
    field: str
    message: str
    remedy: str
    severity: Severity = "error"
    line: int | None = None
    value: Value = None


def at_line(
    index: int, side: Literal["salesforce", "platform"], code: str, *, said: tuple[str, str, str]
) -> Finding:
    """A finding about one side of a mapping line; `said` is message, remedy and what stands
    there."""
    message, remedy, value = said
    return Finding(
        code=code,
        field=f"/mapping/{index}/{side}",
        message=message,
        remedy=remedy,
        line=index,
        value=value,
    )


class InvalidInputError(ConfigurationError):
    """A body that cannot be accepted, with every reason at once; nothing of it was stored."""

    def __init__(self, message: str, *, code: str, findings: Sequence[Finding]) -> None:
        super().__init__(message, code=code)
        self.findings = tuple(findings)


class RunUnfinishedError(ConflictError):
    """A job runs once at a time; `run` is the one to wait for, resume or cancel."""

    def __init__(self, job: str, run: str) -> None:
        super().__init__(
            f"the job '{job}' has an unfinished run: {run}; wait for it or cancel it",
            code="run_unfinished",
        )
        self.run = run


class InUseError(ConflictError):
    """Other things need it; `jobs` names them."""

    def __init__(self, message: str, *, code: str, jobs: Sequence[str]) -> None:
        super().__init__(message, code=code)
        self.jobs = tuple(jobs)


class KeyReusedError(ConflictError):
    """An idempotency key stands for something else already; `field` is a JSON pointer to what
    brought it, empty for the request as a whole."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message, code="key_reused")
        self.field = field


class PreconditionError(ConflictError):
    """The version that the caller named is not the stored one."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="precondition_failed")


def changed_meanwhile(what: str) -> ConflictError:
    """Two people saved the same thing at once; the second must look again."""
    return ConflictError(
        f"{what} was changed by somebody else at the same time; read it again",
        code="changed_meanwhile",
    )
