"""Faults armed by a test, and a handler that fails by accident in the place of a real one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from local.salesforce.http import dispatch
from local.salesforce.http.messages import Answer, Call
from local.salesforce.inprocess import Api
from local.salesforce.org import Org


def arm(api: Api, **order: object) -> None:
    """`POST faults`."""
    status, body = api.call("POST", "/__emulator__/faults", order)
    assert status == 200, body


@contextmanager
def planted(endpoint: str, failing: Callable[[Org], None]) -> Iterator[None]:
    """All routes of an endpoint run this."""

    def handler(org: Org, _call: Call) -> Answer:
        failing(org)
        return Answer()

    table = dispatch.ROUTER._by_length
    before = {length: list(patterns) for length, patterns in table.items()}
    for length, patterns in before.items():
        table[length] = [
            replace(each, route=replace(each.route, handler=handler))
            if each.route.endpoint == endpoint
            else each
            for each in patterns
        ]
    try:
        yield
    finally:
        table.update(before)
