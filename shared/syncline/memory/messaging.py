"""Schedules, notifications and starts, remembered instead of sent."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from syncline.memory.table import Table
from syncline.ports import JsonObject, Run


class MemorySchedules:
    """`jobs` and `legs` hold what stands now. A `manual` schedule is none at all."""

    def __init__(self) -> None:
        self.jobs = Table()
        self.legs = Table()

    @property
    def writes(self) -> int:
        return self.jobs.writes + self.legs.writes

    def put_job(self, workspace: str, job: str, *, kind: str, schedule: JsonObject) -> None:
        if schedule.get("every", "manual") == "manual":
            self.delete_job(workspace, job)
            return
        self.jobs.put((workspace, job), {"kind": kind, "schedule": schedule})

    def delete_job(self, workspace: str, job: str) -> None:
        self.jobs.remove((workspace, job))

    def put_leg(self, run: Run, *, kind: str, leg: int, at: datetime) -> None:
        key = (run.workspace, run.id, str(leg))
        moment = at.astimezone(UTC).isoformat()
        self.legs.put(key, {"kind": kind, "job": run.job, "run": run.id, "leg": leg, "at": moment})

    def delete_leg(self, run: Run, *, leg: int) -> None:
        self.legs.remove((run.workspace, run.id, str(leg)))

    def dump(self) -> dict[str, Any]:
        return {"jobs": self.jobs.dump(), "legs": self.legs.dump()}


@dataclass(frozen=True, slots=True)
class Notification:
    """What the topic was told."""

    subject: str
    text: str
    message: JsonObject


@dataclass(slots=True)
class MemoryNotifications:
    """`sent` holds everything published, in order."""

    sent: list[Notification] = field(default_factory=list)

    def publish(self, *, subject: str, text: str, message: JsonObject) -> None:
        self.sent.append(Notification(subject, text, message))


@dataclass(slots=True)
class MemoryStarter:
    """`started` holds kind and event of every start, in order."""

    started: list[tuple[str, JsonObject]] = field(default_factory=list)

    def start(self, *, kind: str, event: JsonObject) -> None:
        self.started.append((kind, event))
