"""Runs tests against a copy of the package: `python -m tests.breaks.on_copy COPY TEST...`.

The last line of the output is a JSON list of the tests that failed, each with and without its
parameters.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

import syncline

ANOTHER_PACKAGE: Final = 90
"""Status where the copy is not what is imported: no test would then say anything about it."""
_OPTIONS: Final = ("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider")


class _Failures:
    def __init__(self) -> None:
        self.tests: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """A test that has failed with some parameters needs no others."""
        if item.nodeid.partition("[")[0] in self.tests:
            pytest.skip("it has failed")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.tests.update((report.nodeid, report.nodeid.partition("[")[0]))


def main(copy: Path, tests: Sequence[str]) -> int:
    if not Path(syncline.__file__).is_relative_to(copy):
        sys.stdout.write(f"imported is {syncline.__file__}, not the copy in {copy}\n")
        return ANOTHER_PACKAGE
    failures = _Failures()
    status = pytest.main([*_OPTIONS, *tests], plugins=[failures])
    sys.stdout.write(f"\n{json.dumps(sorted(failures.tests))}\n")
    return int(status)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
