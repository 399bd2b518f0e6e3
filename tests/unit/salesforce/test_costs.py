"""What either way of writing costs."""

import pytest

from syncline.salesforce.costs import JOB_REQUESTS, collections_requests, job_is_cheaper


@pytest.mark.parametrize(("rows", "requests"), [(0, 0), (1, 1), (200, 1), (201, 2), (100_000, 500)])
def test_rows_at_once_cost_a_request_for_two_hundred(rows: int, requests: int) -> None:
    assert collections_requests(rows) == requests


@pytest.mark.parametrize(
    ("rows", "cheaper"), [(0, False), (1800, False), (1801, True), (100_000, True)]
)
def test_a_job_pays_from_its_own_cost_on(rows: int, cheaper: bool) -> None:
    assert JOB_REQUESTS == 9
    assert job_is_cheaper(rows) is cheaper
