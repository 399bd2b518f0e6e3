"""Every fault of the emulator at every request of a small write-back by either writer: nothing is
lost, nothing is told that is not so, and what is not written has its reason on the receipt.

With SYNCLINE_PROPERTY=deep each fault is armed at all requests, else at one that is drawn with a
seed.
"""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

import pytest

from syncline.engine.told import APPLIED, REFUSED
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
WRITERS: Final = ("now", "bulk")
_DRAWN: Final = 1


@pytest.fixture(scope="module")
def written() -> Iterator[WrittenOrg]:
    with written_org() as found:
        yield found


def places(fault: str, writer: str, requests: int) -> list[int]:
    if chosen() == DEEP:
        return list(range(requests))
    return sorted(Random(f"{fault} {writer}").sample(range(requests), _DRAWN))


def write_all(org: WrittenOrg, writer: str) -> None:
    if writer == "bulk":
        org.gather_all()
    else:
        org.drain_all()


@pytest.fixture(scope="module")
def requests(written: WrittenOrg) -> dict[str, int]:
    """How many either writer makes without a fault."""
    found = {}
    for writer in WRITERS:
        clean = written.fresh(bulk=writer == "bulk")
        write_all(clean, writer)
        found[writer] = len(clean.org.control.journal())
    return found


@pytest.mark.parametrize("writer", WRITERS)
def test_without_a_fault_all_is_written(
    written: WrittenOrg, requests: dict[str, int], writer: str
) -> None:
    clean = written.fresh(bulk=writer == "bulk")

    write_all(clean, writer)

    outcomes = {name: told.outcome for name, told in clean.told().items()}
    assert outcomes == dict.fromkeys(ATTRIBUTES, APPLIED)
    assert clean.there() == clean.wanted()
    assert requests[writer] >= 7


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_request_loses_nothing(
    written: WrittenOrg, requests: dict[str, int], fault: str, writer: str
) -> None:
    for place in places(fault, writer, requests[writer]):
        struck = written.fresh(bulk=writer == "bulk")
        struck.org.control.arm("*", fault, skip=place, **FAULTS[fault])

        write_all(struck, writer)

        there, wanted, before = struck.there(), struck.wanted(), struck.before()
        for name, told in struck.told().items():
            where = f"{fault} at request {place}: {name} {told}, {there[name]!r}"
            if told.outcome == APPLIED:
                assert there[name] == wanted[name], where
            else:
                assert fault in REFUSING, where
                assert told.outcome == REFUSED, where
                assert told.detail, where
                assert there[name] == before[name], where
        _is_silent(struck, writer, f"{fault} at request {place}")


def _is_silent(struck: WrittenOrg, writer: str, where: str) -> None:
    """Whether the same messages again write nothing."""
    struck.org.control.disarm()
    struck.org.control.clear_journal()
    queues = struck.cloud.queues
    (queues.bulk if writer == "bulk" else queues.immediate).extend(struck.messages)
    write_all(struck, writer)
    assert struck.waiting() == struck.waiting(bulk=True) == [], where
    assert "collections" not in struck.org.control.counts(), where
