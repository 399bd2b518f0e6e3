"""Tells people what keeps immediate write-back from working, once, and when it works again. A run
of a job does that at its end; what goes out as it comes has no runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from syncline.config.models import Connection, Notify
from syncline.engine.moments import canonical_instant
from syncline.errors import ConfigurationError, RetryableError
from syncline.kinds.registry import DIALECTS
from syncline.ports import Clock, Configuration, Drain, Notifications, Trouble, Troubles

MOST: Final = 1000
"""Waiting records that are counted; more are told as at least so many."""
_REMIND: Final = timedelta(days=7)
_INTERNAL: Final = "internal_error"
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class TellTrouble:
    """What was told is remembered after it was told: a crash in between tells it twice. A cause
    that lasts is told again each week. Whether a connection's people want to hear of failures is
    said where its bulk runs are configured."""

    configuration: Configuration
    troubles: Troubles
    notifications: Notifications
    clock: Clock

    def failed(
        self,
        drain: Drain,
        exc: ConfigurationError | RetryableError,
        *,
        waiting: Callable[[], int],
    ) -> None:
        """Only a person can help, or it has lasted too long to pass by itself. `waiting` counts the
        records that wait, up to MOST."""
        if not self._is_news(drain, exc.code):
            return
        subject = f"Syncline: write-back to {drain.connection} is held up"
        number, remedy = waiting(), getattr(exc, "remedy", None)
        lines = [
            f"Changes on the platform do not reach {self._crm(drain)}: {_place(drain)}.",
            "",
            exc.message,
            *([f"What to do: {remedy}"] if remedy else []),
            "",
            f"{_counted(number, drain.object)} so far.",
            "Nothing is lost: what waits goes out by itself once the cause is mended.",
            "",
            f"Try the connection: syncline connection test {drain.connection} -w {drain.workspace}",
            f"  or POST /v1/workspaces/{drain.workspace}/connections/{drain.connection}/test",
            "You hear of it again when write-back works, or in a week if it still does not.",
        ]
        error = {"code": exc.code, "message": exc.message, "remedy": remedy}
        told = {"status": "failed", "error": error, "waiting": number}
        self._tell(subject, lines, _message(drain, told))
        self._note(drain, exc.code)

    def gave_up(self, drain: Drain, ids: list[str]) -> None:
        """An error of ours ended changes of these records on their receipts."""
        if not self._is_news(drain, _INTERNAL):
            return
        subject = f"Syncline: changes were not written to {drain.connection}"
        noun, crm = "record" if len(ids) == 1 else "records", self._crm(drain)
        lines = [
            f"Changes of {len(ids):,} {drain.object} {noun} were not written to {crm}.",
            f"It is about {_place(drain)}.",
            "",
            "An error in Syncline itself kept them from it. Their receipts say so;",
            "the platform keeps the values.",
            f"For example: {', '.join(ids[:_SHOWN])}",
            "What to do: report the error with the log of the function write_back;",
            "then make the changes once more.",
            "",
            f"See one: syncline explain {drain.object} {ids[0]} -w {drain.workspace}",
            f"  or GET /v1/workspaces/{drain.workspace}/history/{drain.object}/{ids[0]}",
        ]
        error = {"code": _INTERNAL, "message": "an error in Syncline itself", "remedy": None}
        told = {"status": "partial", "error": error, "count": len(ids), "examples": ids[:_SHOWN]}
        self._tell(subject, lines, _message(drain, told))
        self._note(drain, _INTERNAL)

    def works(self, drain: Drain) -> None:
        """A drain of this object went through: what was met with it is over."""
        known = self.troubles.known(drain.workspace, drain.connection)
        over = [each for each in known if each.object == drain.object]
        if not over:
            return
        causes = sorted(each.cause for each in over if each.cause != _INTERNAL)
        if causes and self._notify(drain).failure:
            subject = f"Syncline: write-back to {drain.connection} works again"
            since = min(each.at for each in over if each.cause != _INTERNAL)
            lines = [
                f"Changes on the platform reach {self._crm(drain)} again: {_place(drain)}.",
                f"It was held up since {since} ({', '.join(causes)}). What waited goes out now.",
            ]
            told = {"status": "succeeded", "error": None, "causes": causes}
            self._tell(subject, lines, _message(drain, told))
        for each in over:
            self.troubles.forget(each)

    def _is_news(self, drain: Drain, cause: str) -> bool:
        since = canonical_instant(self.clock.now() - _REMIND)
        known = self.troubles.known(drain.workspace, drain.connection)
        if any(each.cause == cause and each.at > since for each in known):
            return False
        return self._notify(drain).failure

    def _notify(self, drain: Drain) -> Notify:
        known = self._connection(drain)
        return known.bulk_write_back if known else Notify()

    def _crm(self, drain: Drain) -> str:
        known = self._connection(drain)
        return DIALECTS[known.crm].title if known else "the CRM"

    def _connection(self, drain: Drain) -> Connection | None:
        stored = self.configuration.get(drain.workspace, "connection", drain.connection)
        return Connection.model_validate(stored.body) if stored else None

    def _note(self, drain: Drain, cause: str) -> None:
        at = canonical_instant(self.clock.now())
        self.troubles.note(Trouble(drain.workspace, drain.connection, cause, drain.object, at))

    def _tell(self, subject: str, lines: list[str], message: dict[str, Any]) -> None:
        self.notifications.publish(subject=subject, text="\n".join(lines), message=message)


def _place(drain: Drain) -> str:
    return f"workspace {drain.workspace}, connection {drain.connection}"


def _counted(number: int, object: str) -> str:
    least = "At least " if number >= MOST else ""
    return f"{least}{number:,} {object} {'record waits' if number == 1 else 'records wait'}"


def _message(drain: Drain, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "workspace": drain.workspace,
        "job": f"write_back_{drain.connection}",
        "kind": "write_back",
        "connection": drain.connection,
        "object": drain.object,
        **told,
    }
