"""For all tests: how property tests search."""

from tests import searching

searching.load()
