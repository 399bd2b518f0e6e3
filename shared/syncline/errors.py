"""The tree of errors, by what the caller must do next.

SyncError
├── RetryableError            try the same call again later
│   └── RateLimitedError      … but not before `retry_after_seconds`
├── RecordRejectedError       note this record and go on with the next
├── ConfigurationError        stop the job and tell a person: only a change of settings helps
│   └── NotFoundError         the thing named does not exist (for this workspace)
├── ConflictError             somebody else changed it first: read again, decide again
└── InvariantError            our own books do not agree: fail the run loudly

A field in conflict between two sides is not an error but an outcome.
"""

from collections.abc import Sequence


class SyncError(Exception):
    """Anything Syncline raises on purpose. `code` is stable and lower_snake_case."""

    def __init__(self, message: str, *, code: str = "sync_error") -> None:
        super().__init__(message)
        self.code = code

    @property
    def message(self) -> str:
        """The sentence for people; it never holds a secret or a record's value."""
        return str(self.args[0])


class RetryableError(SyncError):
    """A passing fault: the same call may succeed later."""


class RateLimitedError(RetryableError):
    """The other side asks for patience. `daily` tells an exhausted day from a busy moment."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: int,
        daily: bool = False,
        code: str = "rate_limited",
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after_seconds = retry_after_seconds
        self.daily = daily


class RecordRejectedError(SyncError):
    """One record was refused; the others are not concerned."""

    def __init__(self, message: str, *, code: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message, code=code)
        self.fields = tuple(fields)


class ConfigurationError(SyncError):
    """Only a person can help. Names the field at fault, and the remedy as a sentence."""

    def __init__(
        self, message: str, *, code: str, field: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.field = field
        self.remedy = remedy


class NotFoundError(ConfigurationError):
    """The workspace, connection, job, run or record named does not exist."""


class ConflictError(SyncError):
    """A condition on a write did not hold: somebody else wrote first."""


class InvariantError(SyncError):
    """The ledger does not balance, or a stored thing contradicts itself."""
