"""All ports but the Crm in memory, together: what a test builds use cases from."""

from dataclasses import dataclass, field
from typing import Any

from syncline.memory.bodies import MemoryBodies
from syncline.memory.clock import MemoryClock
from syncline.memory.configuration import MemoryConfiguration, MemorySecrets, MemoryTokens
from syncline.memory.conflicts import MemoryConflicts
from syncline.memory.dead_letters import MemoryDeadLetters
from syncline.memory.failures import MemoryFailures
from syncline.memory.journal import MemoryJournal
from syncline.memory.links import LinkTables, MemoryLinks
from syncline.memory.messaging import MemoryNotifications, MemorySchedules, MemoryStarter
from syncline.memory.queues import MemoryQueues
from syncline.memory.receipts import MemoryReceipts, ReceiptTables
from syncline.memory.records import MemoryRecords, RecordTables
from syncline.memory.runs import MemoryRuns
from syncline.memory.table import Table
from syncline.memory.troubles import MemoryTroubles
from syncline.memory.turnstile import MemoryTurnstile


@dataclass(frozen=True, slots=True)
class MemoryCloud:
    """`links`, `records`, `conflicts`, `receipts` and `bodies` are the factories of the ports; the
    rest are the ports themselves."""

    clock: MemoryClock = field(default_factory=MemoryClock)
    runs: MemoryRuns = field(default_factory=MemoryRuns)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    schedules: MemorySchedules = field(default_factory=MemorySchedules)
    notifications: MemoryNotifications = field(default_factory=MemoryNotifications)
    starter: MemoryStarter = field(default_factory=MemoryStarter)
    configuration: MemoryConfiguration = field(default_factory=MemoryConfiguration)
    tokens: MemoryTokens = field(default_factory=MemoryTokens)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    link_tables: LinkTables = field(default_factory=LinkTables)
    record_tables: RecordTables = field(default_factory=RecordTables)
    held: Table = field(default_factory=Table)
    """The conflicts of all workspaces."""
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    dead_letters: MemoryDeadLetters = field(default_factory=MemoryDeadLetters)
    failures: MemoryFailures = field(default_factory=MemoryFailures)
    troubles: MemoryTroubles = field(default_factory=MemoryTroubles)
    turnstile: MemoryTurnstile = field(default_factory=MemoryTurnstile)
    receipt_tables: ReceiptTables = field(default_factory=ReceiptTables)
    stored: Table = field(default_factory=lambda: Table(limit=None))
    """The stored requests of all workspaces."""

    def links(self, workspace: str, connection: str) -> MemoryLinks:
        return MemoryLinks((workspace, connection), self.link_tables)

    def records(self, workspace: str) -> MemoryRecords:
        return MemoryRecords(workspace, self.record_tables)

    def conflicts(self, workspace: str) -> MemoryConflicts:
        return MemoryConflicts(workspace, self.held)

    def receipts(self, workspace: str) -> MemoryReceipts:
        return MemoryReceipts(workspace, self.receipt_tables)

    def bodies(self, workspace: str) -> MemoryBodies:
        return MemoryBodies(workspace, self.stored)

    @property
    def writes(self) -> dict[str, int]:
        """Items written so far, by what they are."""
        links, records = self.link_tables, self.record_tables
        return {
            "links": links.links.writes,
            "claims": links.claims.writes,
            "waiting": links.waiting.writes + links.arrived.writes,
            "trails": links.trails.writes,
            "records": records.records.writes,
            "lookups": records.lookups.writes,
            "conflicts": self.held.writes,
            "receipts": self.receipt_tables.receipts.writes,
            "batches": self.receipt_tables.batches.writes,
            "bodies": self.stored.writes,
            "failures": self.failures.notes.writes,
            "troubles": self.troubles.told.writes,
            "turnstile": self.turnstile.writes,
            "runs": self.runs.writes,
            "journal": self.journal.writes,
            "configuration": self.configuration.writes + self.tokens.writes,
            "schedules": self.schedules.writes,
        }

    def dump(self) -> dict[str, Any]:
        """Everything stored but secrets, as JSON, for a test to compare."""
        links, records = self.link_tables, self.record_tables
        return {
            "links": links.links.dump(),
            "claims": links.claims.dump(),
            "waiting": {**links.waiting.dump(), **links.arrived.dump()},
            "trails": links.trails.dump(),
            "records": records.records.dump(),
            "lookups": records.lookups.dump(),
            "feed": records.feed.dump(),
            "outboxes": records.waiting.dump(),
            "conflicts": self.held.dump(),
            "receipts": self.receipt_tables.receipts.dump(),
            "batches": self.receipt_tables.batches.dump(),
            "bodies": self.stored.dump(),
            "failures": self.failures.notes.dump(),
            "troubles": self.troubles.told.dump(),
            "turnstile": self.turnstile.dump(),
            "runs": self.runs.dump(),
            "journal": self.journal.dump(),
            "configuration": self.configuration.dump(),
            "tokens": self.tokens.dump(),
            "schedules": self.schedules.dump(),
        }
