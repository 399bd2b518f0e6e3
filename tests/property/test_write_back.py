"""The decision about waiting changes against a naive book: whatever comes in whatever order, twice
or at once, each field of Salesforce ends with the latest change of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from syncline.engine.records import Link, LinkState, OutboxEntry, PlatformRecord, Value
from syncline.engine.write_back import Decision, decide_write_back
from syncline.engine.write_lines import Mode, WriteLine
from syncline.engine.write_view import WriteView
from syncline.kinds.salesforce import DIALECT

FIELDS = {"a": "A__c", "b": "B__c", "c": "A__c"}
"""Two attributes may go to one field."""
CRM = "001000000000001AAA"
LINES = {
    name: WriteLine(name, "text", field, "string", Mode.FIELD, field, DIALECT)
    for name, field in FIELDS.items()
}
SECONDS = ("08", "08.9", "09", "09.100200", "09.2", "09.900", "10")
TIME = st.sampled_from([f"2026-01-01T00:00:{seconds}Z" for seconds in SECONDS])
"""Also within one second, whose order is not that of the texts."""
VALUE = st.sampled_from(["x", "y", None])
VALUES = st.dictionaries(st.sampled_from(sorted(FIELDS)), VALUE, min_size=1)
CHANGES = st.lists(st.tuples(TIME, VALUES), min_size=1, max_size=8)
BASE = st.fixed_dictionaries({"A__c": VALUE, "B__c": VALUE})

Change = tuple[str, dict[str, Value]]
Fields = dict[str, Value]


def moment(change: Change) -> datetime:
    return datetime.fromisoformat(change[0])


def entries(changes: Sequence[Change]) -> list[OutboxEntry]:
    return [
        OutboxEntry(f"r{at}", time, values, ("crm",)) for at, (time, values) in enumerate(changes)
    ]


def record(changes: Sequence[Change]) -> PlatformRecord:
    """Each attribute as the platform keeps it: an older change never undoes a later one."""
    held: Fields = {}
    for _, values in sorted(changes, key=moment):
        held.update(values)
    filled = {name: value for name, value in held.items() if value is not None}
    return PlatformRecord("account", "a1", 1, filled, updated_at="2026-01-09T00:00:00Z")


def link(base: Fields) -> Link:
    baseline = {name: base[field] for name, field in FIELDS.items()}
    return Link(CRM, "account", LinkState.LINKED, 1, platform_id="a1", baseline=baseline)


def decided(changes: Sequence[Change], waiting: Sequence[OutboxEntry], base: Fields) -> Decision:
    view = WriteView(LINES, "latest", DIALECT)
    return decide_write_back(record(changes), link(base), waiting, view)


def after(decision: Decision, base: Fields) -> Fields:
    send = decision.action.send
    return {**base, **(send.values if send else {})}


def book(changes: Sequence[Change], base: Fields) -> Fields:
    """The naive one: every change written to its field in the order of times; of two attributes of
    one field in one change, the first."""
    held = dict(base)
    for _, values in sorted(changes, key=moment):
        held.update({FIELDS[name]: values[name] for name in reversed(values)})
    return held


@given(CHANGES, BASE)
def test_each_field_ends_with_its_latest_change(changes: list[Change], base: Fields) -> None:
    by_time = [(time, {n: v for n, v in values.items() if n != "c"}) for time, values in changes]
    told = [change for change in by_time if change[1]]

    assert after(decided(told, entries(told), base), base) == book(told, base)


@given(CHANGES, BASE)
def test_attributes_of_one_field_end_with_the_later(changes: list[Change], base: Fields) -> None:
    single = [(time, dict([next(iter(values.items()))])) for time, values in changes]
    distinct = list({time: (time, values) for time, values in single}.values())

    assert after(decided(distinct, entries(distinct), base), base) == book(distinct, base)


@given(CHANGES, BASE, st.randoms(use_true_random=False))
def test_neither_order_nor_doubles_matter(
    changes: list[Change], base: Fields, chance: Random
) -> None:
    distinct = list({time: (time, values) for time, values in changes}.values())
    waiting = entries(distinct)
    stirred = [*waiting, *chance.choices(waiting, k=3)]
    chance.shuffle(stirred)

    once, again = decided(distinct, waiting, base), decided(distinct, stirred, base)

    assert (once.action.to_json(), once.told) == (again.action.to_json(), again.told)


@given(CHANGES, BASE)
def test_every_attribute_is_either_told_or_written(changes: list[Change], base: Fields) -> None:
    decision = decided(changes, entries(changes), base)

    waiting = {name for _, values in changes for name in values}
    written = {name for name, _, _ in decision.action.changes}
    assert written | decision.told.keys() == waiting
    assert not written & decision.told.keys()


@given(CHANGES, BASE)
def test_what_was_settled_is_not_sent_again(changes: list[Change], base: Fields) -> None:
    waiting = entries(changes)
    first = decided(changes, waiting, base)
    settled = after(first, base)
    known = replace(link(base), baseline={n: settled[field] for n, field in FIELDS.items()})

    second = decide_write_back(record(changes), known, waiting, WriteView(LINES, "latest", DIALECT))

    assert second.action.send is None
