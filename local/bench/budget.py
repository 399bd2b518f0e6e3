"""A row of the budget table, and how a table of them is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. `budget` None means: told, not limited. `detail` says what it is made of."""

    what: str
    size: int
    measured: float
    budget: float | None = None
    detail: str = ""

    @property
    def held(self) -> bool:
        """Whether the measurement is within its budget."""
        return self.budget is None or self.measured <= self.budget


def show(rows: Sequence[Row], console: Console) -> None:
    """The table for people, widest where the details are."""
    table = Table(title="Budgets", title_justify="left")
    for name in ("what", "records", "measured", "budget", "", "made of"):
        table.add_column(
            name, justify="right" if name in ("records", "measured", "budget") else "left"
        )
    for row in rows:
        budget = "" if row.budget is None else f"{row.budget:g}"
        verdict = "" if row.budget is None else ("held" if row.held else "[bold red]OVER[/]")
        table.add_row(row.what, f"{row.size:,}", f"{row.measured:.4g}", budget, verdict, row.detail)
    console.print(table)


def require(held: object, otherwise: object) -> None:
    """RuntimeError if what a measurement stands on did not happen."""
    if not held:
        raise RuntimeError(f"the benchmark cannot go on: {otherwise}")
