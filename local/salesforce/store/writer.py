"""Creating and changing records under the rules of the org, each stamped once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from local.salesforce.errors import ApiError, Kind
from local.salesforce.ids import normalise
from local.salesforce.schema.registry import Schema
from local.salesforce.schema.types import Field, SObject
from local.salesforce.store.bodies import Bodies, Body
from local.salesforce.store.children import IN_LIST, as_list
from local.salesforce.store.database import Database
from local.salesforce.store.duplicates import check_duplicates
from local.salesforce.store.effects import REACHING, after_save
from local.salesforce.store.intake import Intake, Row, prepared
from local.salesforce.store.locking import check_locks
from local.salesforce.store.lookups import Lookups
from local.salesforce.store.minting import Minter
from local.salesforce.store.numbering import fill_names
from local.salesforce.store.policies import NO_OPTIONS, Policies, SaveOptions
from local.salesforce.store.references import References
from local.salesforce.store.rules.custom import check_rules
from local.salesforce.store.rules.saving import Ground, Saving
from local.salesforce.store.rules.table import LOOKED_AT, apply
from local.salesforce.values import store_datetime


@dataclass(slots=True)
class _Session:
    """What one writer has learned: objects prepared and parents looked at."""

    references: References
    lookups: Lookups
    minter: Minter
    bodies: Bodies
    intakes: dict[int, Intake] = field(default_factory=dict)
    grounds: dict[str, Ground] = field(default_factory=dict)
    ahead: dict[str, Row] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes as one user at one moment: the stamp is that of the transaction's begin.

    A writer lives as long as a request or a chunk of a Bulk job: it remembers the parents it has
    seen. A refused record has changed nothing, so rows of a batch need no savepoint each.
    """

    database: Database
    schema: Schema
    user_id: str
    stamp: datetime
    zone: tzinfo
    policies: Policies = field(default_factory=Policies)
    options: SaveOptions = NO_OPTIONS
    session: _Session = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        references = References(self.database, self.schema)
        lookups = Lookups(self.database, self.schema)
        bodies = Bodies(references, lookups, self.policies.shared_activities)
        session = _Session(references, lookups, Minter(self.database), bodies)
        object.__setattr__(self, "session", session)

    def create(self, sobject: SObject, body: Body, *, record_id: str | None = None) -> str:
        """A new record; returns its id."""
        intake = self._intake(sobject)
        if not sobject.traits.createable:
            raise ApiError(Kind.NO_DML, verb="inserted", sobject=sobject.name)
        self.database.meet(sobject, None, body)
        given = self.session.bodies.read(intake, sobject, body, creating=True)
        row = {**intake.blank, **given}
        intake.require(row)
        row["Id"] = record_id or self.session.minter.next(intake.sobject)
        if intake.self_named:
            day = store_datetime(self.stamp)
            fill_names(self.database, intake.sobject, intake.self_named, row, day=day)
        if self.options.auto_assign and "OwnerId" in row:
            row["OwnerId"] = self.policies.assignment.get(sobject.name, row["OwnerId"])
        saving = Saving(row, given.keys(), None, self._ground(intake))
        self._check(intake, saving)
        self.database.run(*intake.insertion(row))
        after_save(saving)
        return str(row["Id"])

    def update(self, sobject: SObject, record_id: str, body: Body) -> None:
        """Change some fields; nothing given still counts as a change."""
        before = self.find(sobject, record_id)
        intake = self._intake(sobject)
        if not sobject.traits.updateable:
            kind = Kind.NO_RIGHT if intake.sobject.traits.updateable else Kind.NO_DML
            raise ApiError(kind, verb="updated", sobject=sobject.name)
        self.database.meet(sobject, record_id, body)
        given = self.session.bodies.read(intake, sobject, body, creating=False)
        intake.not_nulled(given)
        after: Row = {**before, **given, **intake.touch}
        saving = Saving(after, given.keys(), before, self._ground(intake))
        self._check(intake, saving)
        full = str(before["Id"])
        changed = intake.changes(before, after)
        if changed:
            self.database.run(intake.setting(changed), (*changed.values(), full))
        self.session.references.forget(full)
        after_save(saving)

    def find(self, sobject: SObject, record_id: str) -> Row:
        """A live row; raises ApiError for ids that are malformed, unknown or deleted."""
        full = normalise(record_id)
        if full is None or not full.startswith(sobject.prefix):
            raise ApiError(Kind.MALFORMED_ID, fields=("Id",), value=record_id)
        intake = self._intake(sobject)
        row = self.session.ahead.pop(full, None)
        if row is None:
            found = self.database.one(f"{intake.select(intake.columns)} = ?", (full,))
            if found is None:
                raise ApiError(Kind.CROSS_REFERENCE)
            row = dict(zip(intake.columns, found, strict=True))
        if row.get("IsDeleted"):
            raise ApiError(Kind.ENTITY_IS_DELETED)
        return row

    def by_external_id(self, sobject: SObject, field: Field, value: str) -> list[str]:
        """Ids of the live records whose external id has this value, in any case.

        What another transaction has made and not committed is not found: a client that tries
        again makes a second record, unless the field is unique.
        """
        found = self.session.lookups.once(sobject, field, value)
        return self.database.veil.committed(sobject.name, found)

    def expect(self, sobject: SObject, ids: Iterable[str], given: Iterable[str]) -> None:
        """Read together the rows that are changed next, each once; what is no id is passed over.

        `given` are the keys of what they are changed by: columns that do not matter to that are
        left out. Not where a record changes others of its object: what was read would be out of
        date.
        """
        self.session.ahead.clear()
        if sobject.name in REACHING:
            return
        intake = self._intake(sobject)
        names = self._looked_at(intake, given)
        at = names.index("Id")
        wanted = [full for each in ids if (full := normalise(each)) is not None]
        found = self.database.rows(f"{intake.select(names)} IN {IN_LIST}", (as_list(wanted),))
        rows = ((str(row[at]), dict(zip(names, row, strict=True))) for row in found)
        self.session.ahead.update(rows)

    def _looked_at(self, intake: Intake, given: Iterable[str]) -> tuple[str, ...]:
        """The columns that a change reads or writes; all of them where that is not known."""
        known = LOOKED_AT.get(intake.sobject.name)
        entries = [intake.entries.get(name.lower()) for name in given]
        if known is None or self.policies.need_whole_rows:
            return intake.columns
        names = {"Id", "IsDeleted", *known, *intake.touch}
        for entry in entries:
            if entry is None:
                return intake.columns
            names.add(entry.name)
        return tuple(name for name in intake.columns if name in names)

    def expect_external(self, sobject: SObject, field: Field, values: Iterable[str]) -> list[str]:
        """Look up together the external ids that are asked for next, each once; the ids found."""
        return self.session.lookups.expect(sobject, field, values)

    def _intake(self, sobject: SObject) -> Intake:
        found = self.session.intakes.get(id(sobject))
        if found is None:
            now = store_datetime(self.stamp)
            found = prepared(sobject, self.schema, now=now, user_id=self.user_id)
            self.session.intakes[id(sobject)] = found
        return found

    def _ground(self, intake: Intake) -> Ground:
        found = self.session.grounds.get(intake.sobject.name)
        if found is None:
            found = self.session.grounds[intake.sobject.name] = Ground(
                sobject=intake.sobject,
                database=self.database,
                schema=self.schema,
                references=self.session.references,
                policies=self.policies,
                now=intake.now,
                zone=self.zone,
                user_id=self.user_id,
                latest=self.session.latest,
            )
        return found

    def _check(self, intake: Intake, saving: Saving) -> None:
        row, policies = saving.row, self.policies
        apply(intake.sobject.name, saving)
        if policies.validations:
            check_rules(intake.sobject.name, saving)
        if policies.duplicates:
            allowed = self.options.allow_duplicates
            check_duplicates(self.database, policies, intake.sobject, row, allowed=allowed)
        if intake.unique:
            self._check_unique(intake, saving)
        if policies.locks:
            check_locks(policies, [row["Id"], *map(row.get, intake.references)])

    def _check_unique(self, intake: Intake, saving: Saving) -> None:
        """The refusal names the fields in its text only (go-salesforce issue 133), all of them
        (castled, test of its parser of Salesforce's errors)."""
        row, given = saving.row, saving.given
        taken = [
            f"{each.name} duplicates value on record with id: {other}"
            for each in intake.unique
            if each.name in given and row[each.name] is not None
            for other in self.session.lookups.find(intake.sobject, each, str(row[each.name]))
            if other != row["Id"]
        ]
        if taken:
            raise ApiError(Kind.DUPLICATE_VALUE, taken=", ".join(taken))
