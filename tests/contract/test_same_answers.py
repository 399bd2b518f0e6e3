"""Any sequence of writes gives the same answers and leaves the same state in memory and on AWS."""

import dataclasses
import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncline.engine.records import Link, LinkState, OutboxEntry, PlatformRecord
from syncline.memory.cloud import MemoryCloud
from syncline.ports import Links, LinkWrite, PlatformRecords, RecordWrite
from tests.contract.aws_cloud import AwsCloud
from tests.contract.samples import NOON, crm_id, fed, link, record
from tests.searching import examples

IDS = [crm_id(number) for number in range(3)]
PARENTS = [crm_id(number, "001") for number in range(2)]
KEYS = [*IDS, *PARENTS]
PLATFORM = ["p0", "p1"]

runs_of_examples = settings(
    max_examples=examples(30),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
_scopes = (f"w{number}" for number in itertools.count())
_pointers = (f"run/{number}" for number in itertools.count())

stale = st.integers(0, 6).map(lambda back: max(0, back - 4))
link_wish = st.tuples(
    st.sampled_from(KEYS), st.sampled_from(LinkState), st.sampled_from(PLATFORM),
    st.sampled_from(PARENTS), stale,
)  # fmt: skip


def children_of(parents: list[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(IDS), st.sampled_from(parents))


link_steps = st.one_of(
    st.tuples(
        st.just("write"), st.lists(link_wish, min_size=1, max_size=4, unique_by=lambda w: w[0])
    ),
    st.tuples(st.just("repeat"), st.integers(0, 5)),
    st.tuples(st.just("release"), st.lists(st.sampled_from([*PARENTS, *PLATFORM]), max_size=2)),
    st.tuples(st.just("settle"), children_of(PARENTS)),
    st.tuples(st.just("wait"), children_of([*PLATFORM, *PARENTS])),
    st.tuples(st.just("settle waiting"), children_of([*PLATFORM, *PARENTS])),
)


def wished_link(wish: tuple[Any, ...], known: dict[str, list[Link]]) -> LinkWrite:
    key, state, platform_id, parent, back = wish
    versions = known.get(key, [])
    expected = max(0, len(versions) - back)
    new = link(
        crm_id=key, state=state, version=expected + 1, last=next(_pointers), stamp=str(back),
        platform_id=platform_id, parent=parent if state is LinkState.PARKED else None,
    )  # fmt: skip
    return LinkWrite(new, expected, versions[expected - 1] if expected else None)


def links_on_aws(cloud: AwsCloud, scope: str) -> dict[str, Any]:
    """The table in the words of memory's dump, marks of awaited parents apart."""
    found: dict[str, Any] = {"claims": {}, "waiting": set(), "awaited": set()}
    for (pk, sk), item in cloud.items("CrossReferencesTable").items():
        workspace, _, kind = pk.split("|")[:3]
        if workspace != scope:
            continue
        if kind == "awaiting":
            parent = pk.partition("|awaiting")[2].removeprefix("|")
            found["waiting" if parent else "awaited"].add(f"{parent}|{sk}" if parent else sk)
        elif kind == "released":
            found["waiting"].add(sk)
        elif kind != "crm":
            found["claims"][f"{kind}|{sk}"] = item["owner"]
    return found


def links_in_memory(cloud: MemoryCloud, scope: str) -> dict[str, Any]:
    dump, cut = cloud.dump(), f"{scope}|org|"
    waiting = {key.removeprefix(cut) for key in dump["waiting"]}
    return {
        "claims": {key.removeprefix(cut): holder for key, holder in dump["claims"].items()},
        "waiting": waiting,
        "awaited": {key.partition("|")[0] for key in waiting if "|" in key},
    }


@runs_of_examples
@given(steps=st.lists(link_steps, max_size=12))
def test_links(aws_cloud: AwsCloud, steps: list[tuple[str, Any]]) -> None:
    scope, memory = next(_scopes), MemoryCloud()
    both: list[Links] = [memory.links(scope, "org"), aws_cloud.links(scope, "org")]
    known: dict[str, list[Link]] = {}
    done: list[LinkWrite] = []
    for step, what in steps:
        if step == "release":
            assert both[0].release(what) == both[1].release(what)
        for links in both:
            if step in {"settle", "settle waiting"}:
                links.settle("task", what, waiting=step != "settle")
            elif step == "wait":
                links.wait("task", what, parent_object="task")
        wishes = what if step == "write" else []
        writes = [wished_link(wish, known) for wish in wishes]
        writes += [done[-1 - what]] if step == "repeat" and what < len(done) else []
        first, second = (links.write(writes) for links in both)
        assert first == second
        for key, now in both[0].get(KEYS).items():
            if now.version > len(known.get(key, [])):
                known.setdefault(key, []).append(now)
        done += writes

    assert both[0].get(KEYS) == both[1].get(KEYS)
    assert both[0].claimed("task", PLATFORM) == both[1].claimed("task", PLATFORM)
    assert both[0].released("task", limit=9) == both[1].released("task", limit=9)
    assert both[0].called("task", limit=9) == both[1].called("task", limit=9)
    assert links_in_memory(memory, scope) == links_on_aws(aws_cloud, scope)


NOW = OutboxEntry("r-1", "2026-01-05T13:00:00Z", {"title": "Call"}, ("org",))
LATER = OutboxEntry("r-2", NOON, {"title": None}, ("org",), bulk=True)

record_wish = st.tuples(
    st.sampled_from(["r0", "r1", "r2"]), st.sampled_from(["v0", "V0", "v1", None]),
    st.booleans(), st.booleans(), stale, st.sampled_from([(), (NOW,), (LATER,), (LATER, NOW)]),
)  # fmt: skip
record_steps = st.one_of(
    st.tuples(
        st.just("write"), st.lists(record_wish, min_size=1, max_size=3, unique_by=lambda w: w[0])
    ),
    st.tuples(st.just("repeat"), st.integers(0, 5)),
)


def wished_record(wish: tuple[Any, ...], known: dict[str, list[PlatformRecord]]) -> RecordWrite:
    key, value, deleted, by_person, back, outbox = wish
    versions = known.get(key, [])
    expected = max(0, len(versions) - back)
    before = versions[expected - 1] if expected else None
    synced = before.sync if before else None
    new = record(
        id=key, version=expected + 1, values={"external_id": value}, deleted=deleted,
        edits={"title": "x"} if by_person else {}, sync=synced if by_person else next(_pointers),
        outbox=outbox,
    )  # fmt: skip
    return RecordWrite(new, expected, before, feed=by_person)


def lookups_on_aws(cloud: AwsCloud, scope: str) -> dict[str, Any]:
    return {
        f"{pk}|{sk}": item["owner"]
        for (pk, sk), item in cloud.items("RecordsTable").items()
        if pk.startswith(f"{scope}|task|")
    }


@runs_of_examples
@given(steps=st.lists(record_steps, max_size=12))
def test_records(aws_cloud: AwsCloud, steps: list[tuple[str, Any]]) -> None:
    scope, memory = next(_scopes), MemoryCloud()
    both: list[PlatformRecords] = [memory.records(scope), aws_cloud.records(scope)]
    known: dict[str, list[PlatformRecord]] = {}
    done: list[RecordWrite] = []
    for step, what in steps:
        writes: list[RecordWrite] = []
        if step == "write":
            writes = [wished_record(wish, known) for wish in what]
        elif what < len(done):
            writes = [done[-1 - what]]
        first, second = (records.write(writes) for records in both)
        assert first == second
        for key, now in both[0].get("task", ["r0", "r1", "r2"]).items():
            if now.version > len(known.get(key, [])):
                known.setdefault(key, []).append(now)
        done += writes

    for ask in ("r0", "r1", "r2"):
        assert both[0].get("task", [ask]) == both[1].get("task", [ask])
    assert both[0].page("task", limit=9) == both[1].page("task", limit=9)
    assert set(fed(both[0])) == set(fed(both[1]))
    for bulk in (False, True):
        here, there = (each.waiting("task", bulk=bulk, limit=9) for each in both)
        assert sorted(here) == sorted(there)
    assert memory.dump()["lookups"] == lookups_on_aws(aws_cloud, scope)


def test_the_steps_reach_every_kind_of_answer() -> None:
    """A property over writes that all succeed, or all fail, would say little."""
    memory = MemoryCloud().links("w", "org")
    first = wished_link((IDS[0], LinkState.LINKED, "p0", PARENTS[0], 0), {})
    rival = wished_link((IDS[1], LinkState.LINKED, "p0", PARENTS[0], 0), {})
    old = dataclasses.replace(first, link=dataclasses.replace(first.link, last="other"))

    assert memory.write([first, rival]) == [True, False]
    assert memory.write([old]) == [False]
    assert memory.write([first]) == [True]
