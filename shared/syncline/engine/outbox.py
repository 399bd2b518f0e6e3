"""What waits in a record's outbox: which change of an attribute is the latest, and whether it still
is what the record says."""

from collections.abc import Sequence
from dataclasses import replace

from syncline.engine.moments import order
from syncline.engine.records import OutboxEntry, PlatformRecord, Value


def latest_of(entries: Sequence[OutboxEntry]) -> dict[str, OutboxEntry]:
    """Attribute → the entry with its latest change, the latest first; of equal times the last one
    that came. The attributes of one change stay in their order."""
    latest: dict[str, OutboxEntry] = {}
    for entry in sorted(entries, key=lambda each: order(each.at)):
        for name in reversed([*entry.values]):
            latest.pop(name, None)
            latest[name] = entry
    return dict(reversed(latest.items()))


def still_said(record: PlatformRecord, name: str, entry: OutboxEntry) -> bool:
    """Whether the record holds what the entry announced: neither a later change of the platform nor
    one of the CRM has replaced it."""
    return record.values.get(name) == entry.values.get(name)


def seen_by(record: PlatformRecord, connection: str) -> PlatformRecord:
    """The record with what waits for that connection alone: what another one still waits for says
    nothing of who wrote it there."""
    if all(connection in entry.to for entry in record.outbox):
        return record
    return replace(record, outbox=tuple(e for e in record.outbox if connection in e.to))


def was_announced(record: PlatformRecord, name: str, value: Value) -> bool:
    """Whether a change that still waits says that. Where the CRM has it, it is no edit of theirs,
    but our own write, whose answer was lost or whose writer died before he noted it."""
    return any(
        name in entry.values and _folded(entry.values[name]) == _folded(value)
        for entry in record.outbox
    )


def _folded(value: Value) -> Value:
    """Addresses come back as the CRM spells them."""
    return value.lower() if isinstance(value, str) else value
