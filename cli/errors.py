"""What can go wrong in a command, by how it exits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.exits import Exit


@dataclass
class CommandError(Exception):
    """Ends a command with its code; `title` is one sentence, `remedy` what to do."""

    title: str
    remedy: str | None = None

    code = Exit.FAILURE

    def __str__(self) -> str:
        return self.title

    def to_json(self) -> dict[str, Any]:
        """What a program reads on standard output."""
        return {"title": self.title, "remedy": self.remedy}


class UsageError(CommandError):
    """Options, file or settings are wrong; nothing was sent."""

    code = Exit.USAGE


class UnreachableError(CommandError):
    """No answer, or one that is not of this API."""

    code = Exit.UNREACHABLE


class RefusedError(CommandError):
    """The API's problem document (RFC 9457), kept whole."""

    code = Exit.REFUSED

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        super().__init__(str(problem.get("title") or problem.get("code")), problem.get("remedy"))

    @property
    def name(self) -> str:
        """The problem's stable code, such as `unknown_job`."""
        return str(self.problem.get("code", ""))

    def to_json(self) -> dict[str, Any]:
        """The document as it came."""
        return dict(self.problem)
