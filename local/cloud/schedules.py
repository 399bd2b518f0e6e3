"""Fires the schedules that exist in the data plane, the template's and those made at run time.

At least once and to the minute, on the runner's clock. When the clock jumps, every due time that it
passed fires in order, of one schedule at most the last 100.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.clients import Clients
from local.cloud.clock import RunnerClock
from local.cloud.schedule_times import Timing
from local.cloud.template import Json

POLL_SECONDS: Final = 1.0
CATCH_UP: Final = 100

_log = logging.getLogger(__name__)

Fire = Callable[[str, str, str], None]
"""Takes the function's ARN, the ARN of the schedule's role and the input.

Returns when the event is accepted, not when it is done.
"""


@dataclass(slots=True)
class _Known:
    """A schedule as last read; `fired_until` is how far it has been fired."""

    version: tuple[str, str]
    detail: Json
    timing: Timing
    fired_until: datetime


class ScheduleRunner:
    """Polls the schedules once a second and at each move of the clock."""

    def __init__(self, fire: Fire, *, clients: Clients, clock: RunnerClock) -> None:
        self._fire = fire
        self._scheduler = clients.of("scheduler")
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._clock.wake()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            version = self._clock.version
            try:
                self._pass()
            except (BotoCoreError, ClientError, RuntimeError):
                if self._stop.is_set():
                    return
                _log.exception("schedules could not be read")
            self._clock.wait_for_change(version, POLL_SECONDS)

    def _pass(self) -> None:
        listed = self._list()
        now = self._clock.utc()
        for gone in self._known.keys() - listed.keys():
            del self._known[gone]
        for key, summary in listed.items():
            known = self._read(key, summary)
            if known is not None:
                self._fire_due(key, known, now)

    def _list(self) -> dict[tuple[str, str], Json]:
        pages = self._scheduler.get_paginator("list_schedules").paginate()
        return {
            (each["GroupName"], each["Name"]): each for page in pages for each in page["Schedules"]
        }

    def _read(self, key: tuple[str, str], summary: Json) -> _Known | None:
        """The schedule's detail, read again only when it was changed."""
        version = (str(summary["CreationDate"]), str(summary["LastModificationDate"]))
        known = self._known.get(key)
        if known is not None and known.version == version:
            return known
        try:
            detail = self._scheduler.get_schedule(GroupName=key[0], Name=key[1])
        except self._scheduler.exceptions.ResourceNotFoundException:
            return None
        timing = _timing(detail)
        changed = _aware(detail["LastModificationDate"])
        # Functions make one-time schedules by the machine's clock, which the runner's may be
        # ahead of: those are due at once.
        made = min(changed, datetime.now(UTC))
        since = made - timedelta(minutes=1) if timing.once else changed - _INSTANT
        if known is not None and not timing.once:
            since = max(known.fired_until, changed - timedelta(minutes=1))
        self._known[key] = _Known(version, detail, timing, since)
        return self._known[key]

    def _fire_due(self, key: tuple[str, str], known: _Known, now: datetime) -> None:
        if known.detail.get("State", "ENABLED") != "ENABLED":
            known.fired_until = now
            return
        known.fired_until = min(known.fired_until, now)  # the clock may have been set back
        try:
            due = list(known.timing.due(known.fired_until, now))
        except ValueError as exc:
            _log.warning("schedule %s/%s is left out: %s", *key, exc)
            return
        for moment in due[-CATCH_UP:]:
            target = known.detail["Target"]
            self._fire(target["Arn"], target["RoleArn"], _input(known.detail, moment))
        known.fired_until = now
        if known.detail.get("ActionAfterCompletion") == "DELETE" and _complete(known, due, now):
            self._delete(key)

    def _delete(self, key: tuple[str, str]) -> None:
        try:
            self._scheduler.delete_schedule(GroupName=key[0], Name=key[1])
        except self._scheduler.exceptions.ResourceNotFoundException:
            _log.info("schedule %s/%s was deleted meanwhile", *key)
        self._known.pop(key, None)


_INSTANT: Final = timedelta(microseconds=1)


def _complete(known: _Known, due: list[datetime], now: datetime) -> bool:
    if known.timing.once:
        return bool(due)
    return known.timing.end is not None and now > known.timing.end


def _timing(detail: Json) -> Timing:
    return Timing(
        expression=detail["ScheduleExpression"],
        zone=detail.get("ScheduleExpressionTimezone") or "UTC",
        created=_aware(detail["CreationDate"]),
        start=_aware(detail["StartDate"]) if detail.get("StartDate") else None,
        end=_aware(detail["EndDate"]) if detail.get("EndDate") else None,
    )


def _aware(moment: Any) -> datetime:
    found: datetime = moment
    return found.astimezone(UTC)


def _input(detail: Json, moment: datetime) -> str:
    """The input with its context attributes filled in.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    """
    given: str = detail["Target"].get("Input") or "{}"
    attributes = {
        "<aws.scheduler.schedule-arn>": detail["Arn"],
        "<aws.scheduler.scheduled-time>": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }
    for name, value in attributes.items():
        given = given.replace(name, value)
    return given
