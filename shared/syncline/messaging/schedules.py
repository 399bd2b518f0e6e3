"""Schedules of jobs, and the one-time schedules that start legs, in EventBridge Scheduler."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from syncline.aws.faults import code_of, translated
from syncline.config.schedule import Schedule
from syncline.errors import ConfigurationError
from syncline.messaging.expressions import expression, one_time
from syncline.ports import JsonObject, Run

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

NAME_LENGTH: Final = 64
SCHEDULED_TIME: Final = "<aws.scheduler.scheduled-time>"
"""Replaced by the service: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""

_JOB_RETRIES: Final = {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 900}
"""A start that Lambda refuses for a quarter of an hour is left to the next one of the schedule."""
_LEG_RETRIES: Final = {"MaximumRetryAttempts": 20, "MaximumEventAgeInSeconds": 3600}
"""No later start follows a leg's, so it is tried for longer; then the sweeper ends the run."""


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """Where schedules are made, as whom they start functions, and the function of each kind."""

    group: str
    role_arn: str
    function_arn: Callable[[str], str]


class SchedulerSchedules:
    """The Schedules port. A time window is never flexible: people chose the minute."""

    def __init__(self, client: "EventBridgeSchedulerClient", settings: ScheduleSettings) -> None:
        self._client = client
        self._settings = settings

    def put_job(self, workspace: str, job: str, *, kind: str, schedule: JsonObject) -> None:
        """ConfigurationError(field="schedule") where the service refuses the expression."""
        wanted = Schedule.model_validate(schedule)
        if wanted.every == "manual":
            self.delete_job(workspace, job)
            return
        event = {
            "workspace": workspace,
            "job": job,
            "trigger": "schedule",
            "scheduled_at": SCHEDULED_TIME,
        }
        self._put(
            job_schedule_name(workspace, job),
            {
                "ScheduleExpression": expression(wanted),
                "ScheduleExpressionTimezone": wanted.time_zone,
                "State": "ENABLED" if wanted.enabled else "DISABLED",
                "Target": self._target(kind, event, _JOB_RETRIES),
            },
        )

    def delete_job(self, workspace: str, job: str) -> None:
        self._delete(job_schedule_name(workspace, job))

    def put_leg(self, run: Run, *, kind: str, leg: int, at: datetime) -> None:
        event = {"workspace": run.workspace, "job": run.job, "run": run.id, "leg": leg}
        self._put(
            leg_schedule_name(run, leg),
            {
                "ScheduleExpression": one_time(at),
                "ScheduleExpressionTimezone": "UTC",
                "ActionAfterCompletion": "DELETE",
                "Target": self._target(kind, event, _LEG_RETRIES),
            },
        )

    def delete_leg(self, run: Run, *, leg: int) -> None:
        self._delete(leg_schedule_name(run, leg))

    def _target(self, kind: str, event: JsonObject, retries: Mapping[str, int]) -> dict[str, Any]:
        return {
            "Arn": self._settings.function_arn(kind),
            "RoleArn": self._settings.role_arn,
            "Input": json.dumps(event),
            "RetryPolicy": dict(retries),
        }

    def _put(self, name: str, schedule: Mapping[str, Any]) -> None:
        """Creates, else changes; one that goes between the two is created after all."""
        request: Any = {
            "Name": name,
            "GroupName": self._settings.group,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            **schedule,
        }
        with translated("storing a schedule"):
            if self._call(self._client.create_schedule, request, expected="ConflictException"):
                return
            if self._call(
                self._client.update_schedule, request, expected="ResourceNotFoundException"
            ):
                return
            self._call(self._client.create_schedule, request, expected="ConflictException")

    def _delete(self, name: str) -> None:
        request = {"Name": name, "GroupName": self._settings.group}
        with translated("deleting a schedule"):
            self._call(self._client.delete_schedule, request, expected="ResourceNotFoundException")

    def _call(self, call: Callable[..., Any], request: Any, *, expected: str) -> bool:
        """False where the service answers with the expected code."""
        try:
            call(**request)
        except ClientError as exc:
            if code_of(exc) == expected:
                return False
            if code_of(exc) == "ValidationException":
                raise ConfigurationError(
                    f"the schedule was refused: {exc.response['Error'].get('Message', '')}",
                    code="schedule_refused",
                    field="schedule",
                    remedy="Choose another time, or correct the cron expression.",
                ) from exc
            raise
        return True


def job_schedule_name(workspace: str, job: str) -> str:
    """`{workspace}--{job}`; neither part holds a dot, which a leg's name always does."""
    return _name(workspace, job)


def leg_schedule_name(run: Run, leg: int) -> str:
    return _name(run.workspace, f"{run.id}.{leg}")


def _name(workspace: str, rest: str) -> str:
    """At most 64 characters; where parts are too long or could be cut in two ways, a hash tells
    them apart."""
    name = f"{workspace}--{rest}"
    if len(name) <= NAME_LENGTH and name.count("--") == 1:
        return name
    digest = hashlib.sha256(f"{workspace}|{rest}".encode()).hexdigest()[:20]
    return f"{name[: NAME_LENGTH - 1 - len(digest)]}-{digest}"
