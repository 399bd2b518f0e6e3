"""Each contract suite runs over memory and over the AWS adapters."""

import pytest

from syncline.memory.cloud import MemoryCloud


@pytest.fixture
def cloud() -> MemoryCloud:
    return MemoryCloud()
