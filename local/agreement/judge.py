"""Compares one pair of objects record by record and says what it found."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from local.agreement.pairs import Pair, Plain
from local.agreement.sides import Platform, Row, Salesforce, value_of
from local.agreement.spool import Entry, Spool

_SHOWN: Final = 50
_ACCOUNT: Final = "account"


class Fault(StrEnum):
    """What can be wrong with a record."""

    DIFFERS = "differs"
    NOT_ON_PLATFORM = "not on the platform"
    NOT_IN_SALESFORCE = "not in Salesforce"
    TWICE_ON_PLATFORM = "twice on the platform"
    TWICE_IN_SALESFORCE = "twice in Salesforce"


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement; `field` and both values where a field differs."""

    fault: Fault
    salesforce_id: str = ""
    platform_id: str = ""
    field: str = ""
    salesforce: Plain = None
    platform: Plain = None


class Rows(Protocol):
    """A side that can be asked for rows."""

    def rows(self, asked: str, /) -> Iterator[Row]: ...


@dataclass(slots=True)
class Verdict:
    """What became of the records of a pair. Counts are exact; the first findings are kept."""

    pair: Pair
    salesforce: int = 0
    platform: int = 0
    agree: int = 0
    stays: Counter[str] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    def add(self, finding: Finding) -> None:
        self.faults[finding.fault] += 1
        if len(self.findings) < _SHOWN:
            self.findings.append(finding)


def judge(endpoints: Mapping[str, str], pairs: Iterable[Pair]) -> list[Verdict]:
    """Reads both sides of each pair; `endpoints` is what `.local/endpoints.json` holds.

    httpx.HTTPError when a side cannot be read: then nothing can be said.
    """
    app = (endpoints["salesforce_client_id"], endpoints["salesforce_client_secret"])
    with (
        Salesforce(endpoints["salesforce"], *app) as salesforce,
        Platform(endpoints["api"], endpoints["workspace"], endpoints["token"]) as platform,
    ):
        return compare(salesforce, platform, pairs)


def compare(salesforce: Rows, platform: Rows, pairs: Iterable[Pair]) -> list[Verdict]:
    """The same of any two sides: Salesforce is asked in SOQL, the platform by object."""
    with tempfile.TemporaryDirectory() as folder, Spool(Path(folder)) as spool:
        spool.keep_accounts(_accounts(platform.rows(_ACCOUNT)))
        spool.keep_merged(_merged(salesforce))
        return [_Judge(pair, spool).over(salesforce, platform) for pair in pairs]


def _accounts(rows: Iterator[Row]) -> Iterator[tuple[str, Plain]]:
    for row in rows:
        yield row["id"], row["values"].get("external_id")


def _merged(salesforce: Rows) -> Iterator[tuple[str, str]]:
    asked = "SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true"
    for row in salesforce.rows(asked):
        if row["MasterRecordId"]:
            yield row["Id"].lower(), row["MasterRecordId"].lower()


@dataclass(frozen=True, slots=True)
class _Judge:
    """One pair in front of the spool."""

    pair: Pair
    spool: Spool

    def over(self, salesforce: Rows, platform: Rows) -> Verdict:
        verdict = Verdict(self.pair)
        self.spool.clear()
        verdict.salesforce = self.spool.keep("salesforce", self.of_salesforce(salesforce))
        verdict.platform = self.spool.keep("platform", self.of_platform(platform))
        for here, there in self.spool.joined():
            self.place(verdict, here, there)
        for side, fault in _TWICE.items():
            for value, ids in self.spool.repeated(side):
                verdict.add(Finding(fault, **{f"{side}_id": ids}, field=value))
        return verdict

    # --- reading --------------------------------------------------------------------------------

    def of_salesforce(self, salesforce: Rows) -> Iterator[Entry]:
        pair = self.pair
        where = f" AND {pair.condition}" if pair.condition else ""
        asked = ", ".join(pair.columns())
        soql = f"SELECT {asked} FROM {pair.salesforce} "  # noqa: S608 our own words
        for row in salesforce.rows(f"{soql}WHERE IsDeleted = false{where} ORDER BY Id"):
            values = {
                line.platform: line.read(value_of(row, line.salesforce)) for line in pair.lines
            }
            account = row["AccountId"].lower() if pair.account and row["AccountId"] else None
            if pair.account:
                values[pair.account] = account
            yield Entry(
                key=str(row[pair.matched_by]).lower(),
                id=row["Id"],
                values=values,
                stays=self._stays_in_salesforce(row, account),
                once=values[pair.once] if pair.once else None,
            )

    def _stays_in_salesforce(self, row: Row, account: Plain) -> str:
        if self.pair.account and account is None:
            return "no account"
        if account and not self.spool.has_account(account):
            return "its account is not on the platform"
        for choice in self.pair.needs:
            if not any(value_of(row, name) for name in choice):
                return f"no {' or '.join(choice)}"
        return ""

    def of_platform(self, platform: Rows) -> Iterator[Entry]:
        pair = self.pair
        for row in platform.rows(pair.platform):
            stored = row["values"]
            values = {line.platform: line.of_platform(stored) for line in pair.lines}
            if pair.account:
                values[pair.account] = self.spool.account_key(stored.get(pair.account) or "")
            unlinked = pair.account and values[pair.account] is None
            yield Entry(
                key=stored.get("external_id") or f"unmatched {row['id']}",
                id=row["id"],
                values=values,
                stays="its account is not in Salesforce" if unlinked else "",
                once=values[pair.once] if pair.once else None,
            )

    # --- judging --------------------------------------------------------------------------------

    def place(self, verdict: Verdict, here: list[Entry], there: list[Entry]) -> None:
        """All records of one key."""
        if not there or not here:
            self._alone(verdict, here, "salesforce", Fault.NOT_ON_PLATFORM)
            self._alone(verdict, there, "platform", Fault.NOT_IN_SALESFORCE)
            return
        for side, more in (("salesforce", here[1:]), ("platform", there[1:])):
            for entry in more:
                verdict.add(Finding(_TWICE[side], **{f"{side}_id": entry.id}))
        self._compare(verdict, here[0], there[0])

    def _alone(self, verdict: Verdict, entries: list[Entry], side: str, fault: Fault) -> None:
        """A record without counterpart: rightly so, or a copy of another, or missed."""
        for entry in entries:
            if entry.stays:
                verdict.stays[entry.stays] += 1
            else:
                twin = self.spool.like(side, entry)
                found = _TWICE[side] if twin else fault
                verdict.add(Finding(found, **{f"{side}_id": entry.id}))

    def _compare(self, verdict: Verdict, here: Entry, there: Entry) -> None:
        differing = [name for name in here.values if here.values[name] != there.values[name]]
        if here.stays and differing:
            verdict.stays[here.stays] += 1
            return
        verdict.agree += not differing
        for name in differing:
            pair = here.values[name], there.values[name]
            verdict.add(Finding(Fault.DIFFERS, here.id, there.id, name, *pair))


_TWICE: Final = {"salesforce": Fault.TWICE_IN_SALESFORCE, "platform": Fault.TWICE_ON_PLATFORM}
