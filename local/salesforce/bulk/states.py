"""What every Bulk 2.0 job has: a state, an owner, a version, and how its CSV is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from local.salesforce.acting import Acting
from local.salesforce.bulk.allocation import Allocation
from local.salesforce.bulk.reuse import Reuse


class JobState(StrEnum):
    """What a job can be in.

    https://developer.salesforce.com/docs/platform/api-asynch/guide/bulk-api-2-job-states.html
    """

    OPEN = "Open"
    UPLOAD_COMPLETE = "UploadComplete"
    IN_PROGRESS = "InProgress"
    COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


TERMINAL: Final = frozenset({JobState.COMPLETE, JobState.FAILED, JobState.ABORTED})
DELIMITERS: Final = {
    "COMMA": ",",
    "BACKQUOTE": "`",
    "CARET": "^",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
ENDINGS: Final = {"LF": "\n", "CRLF": "\r\n"}

#: Jobs that ended are kept so long.
#: https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm
KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the CSV of a job is written, by the names its creator used."""

    delimiter: str = "COMMA"
    ending: str = "LF"

    @property
    def separator(self) -> str:
        """The character between two columns."""
        return DELIMITERS[self.delimiter]

    @property
    def newline(self) -> str:
        """The characters that end a row."""
        return ENDINGS[self.ending]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a job goes on, from the settings of the org; seconds, shares from 0 to 1, and counts."""

    commit_delay_seconds: float = 0.0
    lock_contention: float = 0.0
    shuffled_chunks: bool = False
    daily_batches: int = 15_000
    daily_records: int = 150_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What one slice of a job works with: the org as the job's creator acts on it, the
    pace, and what is left of the day."""

    acting: Acting
    pace: Pace
    allocation: Allocation
    reuse: Reuse = field(default_factory=Reuse)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a job, when and how, and where its files are."""

    id: str
    user_id: str
    version: str
    created: datetime
    dialect: Dialect
    folder: Path


@dataclass(slots=True)
class Steering:
    """What a test does to a job: hold it or fail it after so many more slices; None is never."""

    hold_after: int | None = None
    fail_after: int | None = None
    message: str = ""

    def counted(self) -> None:
        """One slice was done."""
        if self.hold_after is not None:
            self.hold_after = max(0, self.hold_after - 1)
        if self.fail_after is not None:
            self.fail_after = max(0, self.fail_after - 1)


def moment(stamp: datetime) -> str:
    """A moment as the JSON of a job shows it."""
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.000+0000"


def common_facts(origin: Origin, *, changed: datetime, state: JobState) -> dict[str, object]:
    """The keys of every job but its operation and object, in the order of the documentation."""
    return {
        "createdById": origin.user_id,
        "createdDate": moment(origin.created),
        "systemModstamp": moment(changed),
        "state": state.value,
    }
