"""Every statement of the corpus put to the emulator: answered or refused, never a failure."""

from collections.abc import Iterator

import pytest

from local.salesforce.inprocess import Api
from local.salesforce.org import opened
from tests.conformance.soql import corpus


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with opened() as org:
        yield Api.signed_in(org)


@pytest.mark.parametrize("entry", corpus.read(), ids=lambda entry: entry.text)
def test_what_the_grammar_refuses_is_not_answered(api: Api, entry: corpus.Entry) -> None:
    status, body = api.call("GET", "query", q=entry.text)

    assert status in ((200, 400) if entry.accepted else (400,)), body
