"""The demo org goes into the emulator whole, and the emulator reads it as an org."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from local.salesforce.org import opened
from local.seed.org import demo_org, lines, tasks

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def test_the_emulator_takes_every_record() -> None:
    seed = demo_org(NOW)

    with opened() as org:
        loaded = org.loader().load(seed.ndjson())
        late = org.loader().load(lines([seed.late_account]))

        contact_only = seed.awkward["contact_only"][0]
        row = org.database.one('SELECT "AccountId" FROM "Task" WHERE "Id" = ?', (contact_only,))

    assert loaded == seed.counts
    assert late == {"Account": 1}
    assert row is not None
    assert str(row[0]).startswith("001")


def test_the_emulator_takes_a_volume_upon_the_foundation() -> None:
    seed = demo_org(NOW)

    with opened() as org:
        org.loader().load(lines(seed.foundation))
        loaded = org.loader().load(lines(tasks(300, NOW)))

    assert loaded == {"Task": 300}


def test_a_line_is_one_object_and_its_fields() -> None:
    first = next(iter(demo_org(NOW).ndjson()))

    assert first.endswith(b"\n")
    assert json.loads(first).keys() == {"sobject", "fields"}
