"""Every fault of the emulator at every kind of request of a small write-back, by either writer and
by jobs of the Bulk API: nothing is lost, nothing is told that is not so, and what is not written
has its reason on the receipt.

With SYNCLINE_PROPERTY=deep each fault is armed at all requests, else at one of each kind, which is
drawn with a seed; with a job, at the job's kinds, because the others come without one too.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

import pytest

from syncline.engine.told import APPLIED, REFUSED
from syncline.salesforce import costs
from tests.contract.write_back_org import OWNER, PHONE, WrittenOrg, written_org
from tests.searching import DEEP, chosen
from tests.worlds.writing_back import TITLE

FAULTS: Final[dict[str, dict[str, Any]]] = {
    "error": {"status": 400, "code": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain access"},
    "session_expired": {},
    "daily_limit": {},
    "concurrent_limit": {},
    "unavailable": {},
    "html_503": {},
    "unknown_exception": {},
    "bad_gateway": {},
    "gateway_timeout": {},
    "not_acceptable": {},
    "not_acceptable_html": {},
    "edge_420": {},
    "too_many_requests": {},
    "query_timeout": {},
    "query_too_complicated": {},
    "invalid_locator": {},
    "security_metering": {},
    "api_disabled": {},
    "connection_reset": {},
    "reset_in_request": {},
    "timeout_after_commit": {"seconds": 0},
    "commit_later": {"seconds": 20},
    "truncated_body": {},
    "invalid_json": {},
    "delay": {"seconds": 0.01},
    "trickle": {"seconds": 0.01},
    "locked_rows": {},
    "duplicates_detected": {},
    "late_commit": {"seconds": 20},
    "query_lag": {"seconds": 20},
}
REFUSING: Final = frozenset({"duplicates_detected"})
"""What Salesforce says of the record itself, and would say again."""
ATTRIBUTES: Final = {PHONE, OWNER, TITLE}
WRITERS: Final[dict[str, tuple[str, ...]]] = {
    "now": ("",),
    "bulk": ("",),
    "jobs": ("bulk.ingest",),
    "refused": ("bulk.ingest.results",),
    "stopped": ("bulk.ingest.results", "bulk.ingest.status"),
}
"""And how the kinds of requests begin that are struck. The last three are the bulk writer where a
job is cheaper from the first row on: all is taken, one row is refused, a job is stopped before its
first row."""
WRITES: Final = ("collections", "bulk.ingest.create")
JOB: Final = {f"bulk.ingest.{kind}" for kind in ("create", "upload", "change", "status", "results")}


@pytest.fixture(scope="module")
def written() -> Iterator[WrittenOrg]:
    with written_org() as found:
        yield found


def fresh(written: WrittenOrg, writer: str) -> WrittenOrg:
    found = written.fresh(bulk=writer != "now")
    if writer == "refused":
        found.org.forbid("Account", "Phone", found.wanted()[PHONE])
    if writer == "stopped":
        found.org.stop_jobs(0)
    return found


def places(fault: str, writer: str, requests: Sequence[str]) -> list[int]:
    """`requests` are kinds, in their order."""
    if chosen() == DEEP:
        return list(range(len(requests)))
    kinds: dict[str, list[int]] = {}
    for place, kind in enumerate(requests):
        if kind.startswith(WRITERS[writer]):
            kinds.setdefault(kind, []).append(place)
    drawn = Random(f"{fault} {writer}")
    return sorted(drawn.choice(each) for each in kinds.values())


def refused_by_rule(writer: str) -> set[str]:
    return {PHONE} if writer == "refused" else set()


def write_all(org: WrittenOrg, writer: str) -> None:
    if writer == "now":
        org.drain_all()
        return
    with pytest.MonkeyPatch.context() as patch:
        if writer != "bulk":
            patch.setattr(costs, "JOB_REQUESTS", 0)
        org.gather_all()


@pytest.fixture(scope="module")
def requests(written: WrittenOrg) -> dict[str, list[str]]:
    """What kinds each writer makes without a fault."""
    found = {}
    for writer in WRITERS:
        clean = fresh(written, writer)
        write_all(clean, writer)
        found[writer] = [each["endpoint"] for each in clean.org.control.journal()]
    return found


@pytest.mark.parametrize("writer", WRITERS)
def test_without_a_fault_all_is_written(
    written: WrittenOrg, requests: dict[str, list[str]], writer: str
) -> None:
    clean = fresh(written, writer)

    write_all(clean, writer)

    outcomes = {name: told.outcome for name, told in clean.told().items()}
    refused = refused_by_rule(writer)
    assert outcomes == {n: REFUSED if n in refused else APPLIED for n in ATTRIBUTES}
    assert clean.there() == {**clean.wanted(), **{n: clean.before()[n] for n in refused}}
    assert len(requests[writer]) >= 7
    jobs = {each for each in requests[writer] if each.startswith("bulk.ingest")}
    assert jobs == (set() if writer in ("now", "bulk") else JOB)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_request_loses_nothing(
    written: WrittenOrg, requests: dict[str, list[str]], fault: str, writer: str
) -> None:
    for place in places(fault, writer, requests[writer]):
        struck = fresh(written, writer)
        struck.org.control.arm("*", fault, skip=place, **FAULTS[fault])

        write_all(struck, writer)

        there, wanted, before = struck.there(), struck.wanted(), struck.before()
        for name, told in struck.told().items():
            where = f"{fault} at request {place}: {name} {told}, {there[name]!r}"
            if told.outcome == APPLIED:
                assert there[name] == wanted[name], where
            else:
                assert fault in REFUSING or name in refused_by_rule(writer), where
                assert told.outcome == REFUSED, where
                assert told.detail, where
                assert there[name] == before[name], where
        _is_silent(struck, writer, f"{fault} at request {place}")


def _is_silent(struck: WrittenOrg, writer: str, where: str) -> None:
    """Whether the same messages again write nothing."""
    struck.org.control.disarm()
    struck.org.control.clear_journal()
    queues = struck.cloud.queues
    (queues.immediate if writer == "now" else queues.bulk).extend(struck.messages)
    write_all(struck, writer)
    assert struck.waiting() == struck.waiting(bulk=True) == [], where
    assert struck.org.control.counts().keys().isdisjoint(WRITES), where
