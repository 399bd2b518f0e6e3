"""Runs named tests on a copy of the package, with a break in it or whole."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.breaks.table import BROKEN, ROOT, Break

_LONGEST: Final = 120
"""Seconds; a break that makes its test hang is a bad example."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is that of pytest: 0 all passed, 1 some failed, else it could not run."""

    status: int
    failed: frozenset[str]
    told: str


def run_tests(tests: Sequence[str], broken: Break | None = None) -> Outcome:
    """ValueError if the line of the break is not in its file exactly once."""
    with tempfile.TemporaryDirectory(prefix="break-") as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / BROKEN, copy / BROKEN)
        if broken is not None:
            file = copy / broken.file
            file.write_text(broken.apply(file.read_text()))
        return _run(copy, tests, longest=None if broken is None else _LONGEST)


def _run(copy: Path, tests: Sequence[str], *, longest: int | None) -> Outcome:
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy / BROKEN.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / "hypothesis"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.breaks.on_copy", str(copy), *tests],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=longest,
        check=False,
    )
    told = done.stdout + done.stderr
    lines = done.stdout.rstrip().rsplit("\n", 1)
    failed = frozenset(json.loads(lines[-1])) if lines[-1].startswith("[") else frozenset()
    return Outcome(done.returncode, failed, told)
