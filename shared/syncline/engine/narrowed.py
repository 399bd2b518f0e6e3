"""A CRM record of which only some attributes are looked at."""

from collections.abc import Collection
from dataclasses import replace

from syncline.engine.findings import Finding
from syncline.engine.records import Link, PlatformRecord, Value, last_known
from syncline.engine.rules import Rules


def narrowed(
    finding: Finding,
    link: Link | None,
    record: PlatformRecord | None,
    rules: Rules,
    names: Collection[str],
) -> Finding:
    """The finding, with what was last agreed on in place of all but the named attributes: nothing
    else is merged or contested, and a regular run still finds what changed there. A change that
    waits in the record's outbox is left to its writer."""
    if link is None or finding.flaw is not None:
        return finding
    waits = {name for entry in record.outbox for name in entry.values} if record else set()
    looked_at = set(names) - waits - {rules.parent}
    values: dict[str, Value] = {
        name: value
        for name, value in last_known(link, rules.merged_attributes).items()
        if value is not None and name not in looked_at
    }
    values.update({n: value for n, value in finding.values.items() if n in looked_at})
    return replace(finding, values=values)
