"""What the oracle says of every statement of the corpus, kept so that no Node is needed to compare.

`make node && .venv/bin/python -m tests.conformance.soql.golden` writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.conformance.javascript import Node, find
from tests.conformance.soql import corpus

GOLDEN: Final = Path(__file__).with_name("oracle.json")
PROGRAM: Final = Path(__file__).with_name("oracle.cjs")

Answer = dict[str, Any]


def ask(node: Node, statements: Sequence[str]) -> list[Answer]:
    """One answer for each, by one process: {"ok": true, "ast"} or {"ok": false, "error"}."""
    answers: list[Answer] = json.loads(node.run(PROGRAM, stdin=json.dumps(statements)))
    return answers


def load() -> dict[str, Answer]:
    """Statement to answer."""
    kept: dict[str, Answer] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return kept


def _write() -> None:
    statements = [entry.text for entry in corpus.read()]
    lines = [
        f"{json.dumps(statement)}: {json.dumps(answer, separators=(',', ':'))}"
        for statement, answer in zip(statements, ask(find(), statements), strict=True)
    ]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    _write()
