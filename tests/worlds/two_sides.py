"""Both sides of a pair with people at work on them: sellers in Salesforce, persons on the platform.

Accounts, tasks and touchpoints go both ways. The sides' clocks may differ, a seller's transaction
may commit late, a start may die, lose an answer or be disturbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from syncline.engine.plan import SendKind
from syncline.engine.records import LinkState, Value
from syncline.errors import ConflictError
from syncline.memory.crm_rows import refused
from syncline.memory.org import instant
from syncline.ports import Row, RowAnswer, Run, RunMode, RunStatus
from syncline.usecases.delete_record import DeleteRecord
from syncline.usecases.edit_record import EditRecord
from tests.faults.crashing import CrashError, Fuse
from tests.worlds.all_kinds import ACCOUNTS_OUT, TOUCHPOINTS_IN, TOUCHPOINTS_OUT
from tests.worlds.runs import asked_for
from tests.worlds.small import ACME, OWNER, World
from tests.worlds.two_sides_fields import Field
from tests.worlds.two_way import ACCOUNTS, IN, OUT

JOBS: Final = (ACCOUNTS, ACCOUNTS_OUT, IN, OUT, TOUCHPOINTS_IN, TOUCHPOINTS_OUT)
SOBJECTS: Final = {"account": "Account", "task": "Task", "touchpoint": "Event"}
ACTIVITIES: Final = ("task", "touchpoint")
_LATEST: Final = timedelta(minutes=5)
"""How late a transaction commits: less than the overlap of two readings."""
_FAR: Final = timedelta(days=365)
_TRIES: Final = 40


@dataclass(slots=True)
class Late:
    """A seller's transaction that has its stamp and is not committed; its row is locked."""

    id: str
    stamp: str
    fields: Mapping[str, Any]
    new: bool


@dataclass(slots=True)
class TwoSides:
    """What both sides hold and what people and jobs do there. Ids are of one side: those of the
    CRM begin with the prefix of their object, those of the platform with "p" if a person made the
    record."""

    world: World
    fields: Mapping[str, Mapping[str, Field]]
    late: Late | None = None
    made: int = 0
    runs: list[Run] = field(default_factory=list)

    # --- what is there --------------------------------------------------------------------------

    def there(self, object: str) -> dict[str, dict[str, Any]]:
        """Live committed records of the CRM by id."""
        rows = self.world.crm.org.visible(SOBJECTS[object])
        return {str(row["id"]): row for row in rows if not row["isdeleted"]}

    def binned(self, object: str) -> list[str]:
        rows = self.world.crm.org.rows.get(SOBJECTS[object].lower(), {})
        return sorted(id for id, row in rows.items() if row["isdeleted"] and not _lost(row))

    def here(self, object: str) -> dict[str, Mapping[str, Value]]:
        """Live records of the platform by id."""
        page, _ = self.world.cloud.records(ACME).page(object, limit=10_000)
        return {record.id: record.values for record in page}

    def pairs(self, object: str) -> dict[str, str]:
        """CRM id → platform id of every live link. AssertionError for a record linked twice."""
        links = self.world.cloud.link_tables.links.dump().values()
        live = [each for each in links if (each["object"], each["state"]) == (object, "linked")]
        assert all(each["platform_id"] for each in live)
        found = {each["crm_id"]: each["platform_id"] for each in live}
        assert len(set(found.values())) == len(found), "a platform record has two links"
        return found

    def parent(self, account: str) -> str | None:
        """The CRM id of the live account that stands for a platform account."""
        links = self.world.cloud.link_tables.links.dump().values()
        known: dict[str, dict[str, str]] = {each["crm_id"]: each for each in links}
        holders = [id for id, each in known.items() if each["platform_id"] == account]
        for holder in holders:
            crm_id = holder
            while known.get(crm_id, {}).get("state") == LinkState.ALIAS:
                crm_id = known[crm_id]["winner"]
            if known.get(crm_id, {}).get("state") == LinkState.LINKED:
                return crm_id
        return None

    def said(self, object: str, crm_id: str, path: str) -> Value:
        """What the CRM says at a path of one record."""
        return self.world.crm.org.value(SOBJECTS[object], crm_id, path)

    def meant(self, object: str, crm_id: str) -> dict[str, Value]:
        """What people edit of a record of the CRM, in the form both sides are compared in."""
        return {
            name: field.means(self.said(object, crm_id, field.read))
            for name, field in self.fields[object].items()
        }

    def written(self) -> tuple[object, ...]:
        """What differs once a job has written anything anywhere, but for the books of its runs."""
        org, writes = self.world.crm.org, self.world.cloud.writes
        rows = [
            sorted(map(str, row.items())) for each in org.rows.values() for row in each.values()
        ]
        kept = ("links", "claims", "waiting", "records", "lookups", "conflicts")
        return rows, *(writes[name] for name in kept)

    def links(self) -> Mapping[str, Any]:
        return self.world.cloud.link_tables.links.dump()

    # --- sellers --------------------------------------------------------------------------------

    def seller_puts(self, object: str, id: str, *, late: bool = False, **fields: Any) -> None:
        """A new record; `late` is not seen before `commit`."""
        org = self.world.crm.org
        seen = org.clock + _FAR if late else None
        by = {"OwnerId": OWNER, "CreatedById": OWNER, "LastModifiedById": OWNER}
        org.put(SOBJECTS[object], id, visible_from=seen, **{**by, **fields})
        if late:
            self.late = Late(id, instant(org.clock), {}, new=True)

    def seller_edits(self, id: str, *, late: bool = False, **fields: Any) -> None:
        if late:
            self.late = Late(id, instant(self.world.crm.org.clock), fields, new=False)
            self.world.crm.refuse = self._locked
        else:
            self.world.crm.org.edit(_sobject(id), id, **fields)

    def seller_merges(self, loser: str, winner: str) -> None:
        """The activities of the loser are the winner's from then on."""
        org = self.world.crm.org
        for sobject in ("Task", "Event"):
            for id, row in org.rows.get(sobject.lower(), {}).items():
                if row.get("whatid") == loser:
                    org.edit(sobject, id, by_user=False, WhatId=winner)
        org.merge("Account", loser=loser, winner=winner)

    def seller_deletes(self, id: str) -> None:
        self.world.crm.org.delete(_sobject(id), id)

    def seller_empties_bin(self, id: str, *, purges: bool) -> None:
        """Or takes it out again."""
        org = self.world.crm.org
        (org.purge if purges else org.undelete)(_sobject(id), id)

    def is_free(self, id: str) -> bool:
        """Whether no open transaction has locked the record."""
        return self.late is None or self.late.id != id

    def commit(self) -> None:
        """The open transaction ends: what it wrote is seen, with the stamp of when it wrote."""
        late, self.late = self.late, None
        org = self.world.crm.org
        if late is None:
            return
        if late.new:
            org.hidden_until.clear()
            return
        org.edit(_sobject(late.id), late.id, **late.fields)
        row = org.rows[_sobject(late.id).lower()][late.id]
        row["systemmodstamp"] = row["lastmodifieddate"] = late.stamp
        self.world.crm.refuse = lambda _object, _kind, _row: None

    def _locked(self, _object: str, _kind: SendKind, row: Row) -> RowAnswer | None:
        locked = row.id is not None and not self.is_free(row.id)
        return refused(row.id, "locked", again=True) if locked else None

    # --- persons --------------------------------------------------------------------------------

    def person_puts(self, object: str, id: str, **values: Value) -> bool:
        """False where the platform refuses it."""
        cloud = self.world.cloud
        edit = EditRecord(cloud.configuration, cloud.records, cloud.clock)
        try:
            edit(ACME, object, id, values)
        except ConflictError:
            return False
        return True

    def person_deletes(self, object: str, id: str) -> None:
        DeleteRecord(self.world.cloud.records, self.world.cloud.clock)(ACME, object, id)

    # --- jobs -----------------------------------------------------------------------------------

    def start(self, job: str, fuse: Fuse | None = None) -> Run | None:
        """One start of a job. AssertionError where its run fails."""
        self.world.advance(seconds=7)
        try:
            run = self.world.run(job, fuse=fuse)
        except CrashError:
            return None
        allowed = (RunStatus.SUCCEEDED, RunStatus.PARTIAL, RunStatus.RUNNING)
        assert run is None or run.status in allowed, run.error
        return run

    def finish(self, *jobs: str) -> None:
        """Starts until each of them has ended a run."""
        left = list(jobs)
        for _ in range(_TRIES):
            left = [job for job in left if not _ended(self.start(job))]
            if not left:
                return
            self.leap(minutes=2)
        raise AssertionError(f"{left} do not come to an end")

    def finish_whole(self, job: str) -> None:
        """A full run of the job, to its end."""
        id = asked_for(self.world, job, RunMode.FULL).id
        run = self.world.run(job, run=id)
        for _ in range(_TRIES):
            assert run is not None, f"somebody else is at work on {job}"
            if _ended(run):
                return
            self.leap(minutes=2)
            run = self.world.run(job, run=id, leg=run.leg + 1)
        raise AssertionError(f"a full run of {job} does not come to an end")

    def leap(self, **time: float) -> None:
        """Time goes by, but no transaction stays open for long."""
        if self.late and timedelta(**time) > _LATEST / 2:
            self.commit()
        self.world.advance(**time)
        if self.late and self.late.stamp < instant(self.world.crm.org.clock - _LATEST):
            self.commit()


_SOBJECTS: Final = {"001": "Account", "00T": "Task", "00U": "Event"}


def _sobject(id: str) -> str:
    return _SOBJECTS[id[:3]]


def _lost(row: Mapping[str, Any]) -> bool:
    return row.get("masterrecordid") is not None


def _ended(run: Run | None) -> bool:
    return run is not None and run.status is not RunStatus.RUNNING
