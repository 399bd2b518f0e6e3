"""What of a batch is delivered again."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloud.invocation import InvokeResult
from local.cloud.queues import Mapping, failed_ids

BATCH: list[dict[str, Any]] = [{"messageId": "1"}, {"messageId": "2"}]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "2"}]}, {"2"}),
        ({"batchItemFailures": [{"itemIdentifier": "unknown"}]}, {"1", "2"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"1", "2"}),
        ({"batchItemFailures": [{}]}, {"1", "2"}),
        ("not an answer", {"1", "2"}),
    ],
)
def test_partial_failures_are_read_as_lambda_reads_them(payload: Any, expected: set[str]) -> None:
    assert failed_ids(BATCH, InvokeResult("r", payload), partial=True) == expected


def test_an_error_returns_the_whole_batch() -> None:
    assert failed_ids(BATCH, InvokeResult("r", {}, "Unhandled"), partial=True) == {"1", "2"}


def test_without_partial_failures_a_success_is_a_success() -> None:
    answer = InvokeResult("r", {"batchItemFailures": [{"itemIdentifier": "2"}]})

    assert failed_ids(BATCH, answer, partial=False) == set()


@pytest.mark.parametrize(("maximum", "pollers"), [(10, 3), (2, 2), (None, 3)])
def test_maximum_concurrency_caps_the_pollers(maximum: int | None, pollers: int) -> None:
    scaling = {} if maximum is None else {"ScalingConfig": {"MaximumConcurrency": maximum}}

    mapping = Mapping.of({"EventSourceArn": "arn:q", **scaling}, pollers=3)

    assert mapping.pollers == pollers
    assert (mapping.batch_size, mapping.window_seconds) == (10, 0)
