"""An API to speak to."""

import pytest

from tests.unit.http.world import World, furnished


@pytest.fixture
def api() -> World:
    return furnished()


@pytest.fixture
def bare() -> World:
    """Not even a workspace."""
    return World()
