"""The org as one user acts on it: their time zone, their stamp, the schema they may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from local.salesforce.clock import Clock
from local.salesforce.schema.registry import Schema
from local.salesforce.soql.calendar import JANUARY, Calendar
from local.salesforce.soql.parser import parse
from local.salesforce.soql.plan import plan
from local.salesforce.soql.planned import Plan
from local.salesforce.store.database import Database
from local.salesforce.store.policies import NO_OPTIONS, Policies, SaveOptions
from local.salesforce.store.reader import Reader
from local.salesforce.store.removal import Removal
from local.salesforce.store.writer import Writer

#: The zone of a user that has none: that of a new org.
DEFAULT_ZONE: Final = "America/Los_Angeles"


@dataclass(frozen=True, slots=True)
class Acting:
    """What one request reads and writes with; made anew for each, so it is never stale.

    `schema` is what the user may see, `whole` all there is: rules, cascades and computed fields
    work on that, whoever acts.
    """

    database: Database
    schema: Schema
    whole: Schema
    clock: Clock
    user_id: str
    policies: Policies = field(default_factory=Policies)

    def calendar(self) -> Calendar:
        """Today, as the user sees it."""
        row = self.database.one(
            'SELECT "TimeZoneSidKey" FROM "User" WHERE "Id" = ?', (self.user_id,)
        )
        zone = ZoneInfo(str(row[0]) if row and row[0] else DEFAULT_ZONE)
        return Calendar(
            self.clock.now().astimezone(zone).date(),
            zone,
            user_id=self.user_id,
            fiscal_month=self._fiscal_month(),
        )

    def _fiscal_month(self) -> int:
        row = self.database.one('SELECT "FiscalYearStartMonth" FROM "Organization"')
        return int(row[0]) if row and row[0] else JANUARY

    def reader(self, base: str) -> Reader:
        """What answers queries under a version's path."""
        return Reader(self.database, self.schema, base=base)

    def writer(self, stamp: datetime | None = None, options: SaveOptions = NO_OPTIONS) -> Writer:
        """What creates and changes records, stamped now unless told."""
        return Writer(
            database=self.database,
            schema=self.whole,
            user_id=self.user_id,
            stamp=stamp or self.clock.stamp(),
            zone=self.calendar().zone,
            policies=self.policies,
            options=options,
        )

    def removal(self, stamp: datetime | None = None) -> Removal:
        """What deletes, merges and archives records."""
        return Removal(
            self.database, self.whole, stamp or self.clock.stamp(), self.user_id, self.policies
        )

    def plan(self, statement: str) -> Plan:
        """A statement against the schema; raises ApiError."""
        return plan(statement, parse(statement), self.schema, calendar=self.calendar())
