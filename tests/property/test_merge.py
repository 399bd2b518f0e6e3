"""Properties of the three-way merge that no example can cover."""

from hypothesis import given
from hypothesis import strategies as st

from syncline.engine.merge import merge_record
from syncline.engine.records import PlatformRecord, Value

NAMES = ("a", "b", "c")
SIDE = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(["x", "y", "z"]) for name in NAMES}
)
TIME = st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"])
Side = dict[str, Value]


def merged(base: Side | None, crm: Side, ours: Side, times: tuple[str, str], policy: str) -> Side:
    record = PlatformRecord("task", "t", 1, ours, updated_at=times[1])
    merge = merge_record(
        baseline=base, crm=crm, modified=times[0], record=record, attributes=NAMES, policy=policy
    )
    after = {**ours, **{name: value for name, _, value in merge.changes}}
    for contest in merge.contests:
        assert contest.platform != contest.crm
    return {name: value for name, value in after.items() if value is not None}


@given(SIDE, SIDE, SIDE, st.tuples(TIME, TIME), st.sampled_from(["latest", "salesforce"]))
def test_uncontested_edits_of_both_sides_survive(
    base: Side, crm: Side, ours: Side, times: tuple[str, str], policy: str
) -> None:
    after = merged(base, crm, ours, times, policy)

    for name in NAMES:
        if crm.get(name) == base.get(name):
            assert after.get(name) == ours.get(name)
        elif ours.get(name) == base.get(name):
            assert after.get(name) == crm.get(name)
        else:
            assert after.get(name) in (crm.get(name), ours.get(name))


@given(SIDE, SIDE, SIDE, st.tuples(TIME, TIME))
def test_a_contested_field_goes_to_the_later_update(
    base: Side, crm: Side, ours: Side, times: tuple[str, str]
) -> None:
    after = merged(base, crm, ours, times, "latest")

    for name in NAMES:
        both = crm.get(name) != base.get(name) != ours.get(name)
        if both:
            winner = ours if times[1] > times[0] else crm
            assert after.get(name) == winner.get(name)


@given(SIDE, SIDE, st.tuples(TIME, TIME))
def test_a_first_match_loses_no_value(crm: Side, ours: Side, times: tuple[str, str]) -> None:
    after = merged(None, crm, ours, times, "latest")

    for name in NAMES:
        if crm.get(name) is None or ours.get(name) is None:
            assert after.get(name) == (crm.get(name) or ours.get(name))


@given(
    SIDE, SIDE, SIDE, st.tuples(TIME, TIME), st.sampled_from(["latest", "platform", "salesforce"])
)
def test_a_second_merge_changes_nothing(
    base: Side, crm: Side, ours: Side, times: tuple[str, str], policy: str
) -> None:
    once = merged(base, crm, ours, times, policy)

    assert merged(crm, crm, once, times, policy) == once
