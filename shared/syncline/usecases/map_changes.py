"""CRM rows as an inbound job's mapping shows them: what is decided about."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from syncline.engine.coercion import TOO_LARGE
from syncline.engine.findings import Finding
from syncline.engine.records import Upserted
from syncline.engine.rules import Rules
from syncline.errors import RecordRejectedError

_MOST_BYTES: Final = 350_000
"""A DynamoDB item holds 400 KB; what is kept beside the values needs the rest."""
_SURELY_SMALL: Final = _MOST_BYTES // 4
"""Characters, none of which takes more than four bytes."""


def map_changes(rules: Rules, changes: Sequence[Upserted]) -> Sequence[Finding]:
    """One finding for each, in their order; what cannot be mapped says so in its flaw."""
    mapped = rules.mapper.many([change.row for change in changes])
    if mapped is None:
        return [_map_one(rules, change) for change in changes]
    found = [
        Finding(change.key, change.stamp, change.modified, values)
        for change, values in zip(changes, mapped, strict=True)
    ]
    _say_origins(rules, found, changes)
    long = rules.mapper.long
    return [_storable(finding, long) for finding in found] if long else found


def _map_one(rules: Rules, change: Upserted) -> Finding:
    try:
        values = rules.mapper(change.row)
    except RecordRejectedError as exc:
        return Finding(change.key, change.stamp, change.modified, {}, (exc.code, exc.message))
    found = Finding(change.key, change.stamp, change.modified, values)
    _say_origins(rules, [found], [change])
    return _storable(found, rules.mapper.long)


def _say_origins(rules: Rules, findings: Sequence[Finding], changes: Sequence[Upserted]) -> None:
    place = rules.own_key
    if place is None:
        return
    for finding, change in zip(findings, changes, strict=True):
        value = str(change.row[place] or "")
        if value.startswith(rules.made_for):
            finding.made_for = value.removeprefix(rules.made_for) or None


def _storable(finding: Finding, long: Sequence[str]) -> Finding:
    """A record too large for the platform is rejected alone: it must not stop its job."""
    size = sum(len(str(finding.values.get(name) or "")) for name in long)
    if size <= _SURELY_SMALL:
        return finding
    stored = len(json.dumps(finding.values, ensure_ascii=False).encode())
    if stored <= _MOST_BYTES:
        return finding
    told = f"its texts take {stored:,} bytes; the platform holds at most {_MOST_BYTES:,}"
    return replace(finding, values={}, flaw=(TOO_LARGE, told))
