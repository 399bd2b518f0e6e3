"""The sweeper's errands beside each other: one that fails keeps no other from its work."""

import pytest

from syncline.errors import RetryableError
from syncline.usecases.sweep_outboxes import SweepOutboxes
from syncline.usecases.sweep_requests import SweepRequests
from tests.functions.conftest import Invoke, event


@pytest.mark.usefixtures("workspace")
def test_requests_are_swept_though_outboxes_fail(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[SweepRequests] = []

    def failing(_: SweepOutboxes) -> int:
        raise RetryableError("throttled", code="database_busy")

    def sweeping(errand: SweepRequests) -> int:
        swept.append(errand)
        return 0

    monkeypatch.setattr(SweepOutboxes, "__call__", failing)
    monkeypatch.setattr(SweepRequests, "__call__", sweeping)

    with pytest.raises(RetryableError):
        invoke("sweeper", event("sweeper", "tick"))

    assert len(swept) == 1
