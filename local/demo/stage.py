"""What every chapter of the demo needs: the two sides, the command line, and a voice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from local.house import ROOT, WORKSPACE, House
from local.seed.org import DemoOrg
from local.seller import Seller

WIDTH: Final = 110
_NAME: Final = 16
"""Columns that the name of a side or of a job takes."""
_FINE: Final = (0, 3)
"""Exit codes of the command line that the demo expects: success, and partial success."""
_REFUSED: Final = (5,)
"""And where it shows a refusal."""
_BUCKETS: Final = (
    "created", "updated", "linked", "deleted", "left", "skipped", "parked", "held", "rejected",
)  # fmt: skip

Run = Mapping[str, Any]


@dataclass(slots=True)
class Stage:
    """Each act raises SystemExit if what it shows did not happen. `seller` is somebody at work in
    Salesforce, over HTTPS."""

    house: House
    org: DemoOrg
    folder: Path
    seller: Seller
    console: Console = field(default_factory=lambda: Console(highlight=False, width=WIDTH))

    # --- telling --------------------------------------------------------------------------------

    def chapter(self, text: str) -> None:
        self.console.rule(f"[bold]{text}", align="left")

    def tell(self, who: str, text: str) -> None:
        """A side or a job, and what it does."""
        row = Table.grid(padding=(0, 2))
        row.add_column(width=_NAME, style="bold")
        row.add_column(overflow="fold")
        row.add_row(who, Text(text))
        self.console.print(Padding(row, (0, 0, 0, 3)))

    def expect(self, held: bool, otherwise: str) -> None:
        if not held:
            raise SystemExit(f"the demo failed: {otherwise}")

    # --- the command line -----------------------------------------------------------------------

    def syncline(self, *words: str) -> None:
        """Shows the command as a person would type it, then what it prints."""
        self._shown(words, _FINE)

    def refused(self, *words: str) -> None:
        """The same of a command that the API refuses."""
        self._shown(words, _REFUSED)

    def _shown(self, words: tuple[str, ...], fine: tuple[int, ...]) -> None:
        shown = " ".join(words).replace(f"{ROOT}/", "")
        self.console.print(f"\n[bold cyan]$ syncline {shown}[/]")
        done = subprocess.run(_command(*words), cwd=self.folder, env=_environment(), check=False)
        self.expect(done.returncode in fine, f"'syncline {shown}' exited {done.returncode}")

    def run(self, job: str) -> Run:
        """Runs a job, shows all that the command line tells, and returns the run."""
        self.syncline("job", "run", job)
        path = f"/v1/workspaces/{WORKSPACE}/jobs/{job}/runs?limit=1"
        return self._balanced(self.house.call("GET", path)["items"][0])

    def run_briefly(self, job: str) -> Run:
        """The same, told in a line."""
        words = ("job", "run", job, "--interval", "0.2", "--json")
        done = subprocess.run(
            _command(*words),
            cwd=self.folder,
            env=_environment(),
            check=False,
            capture_output=True,
            text=True,
        )
        self.expect(done.returncode in _FINE, f"the run of {job}: {done.stdout}{done.stderr}")
        run = self._balanced(json.loads(done.stdout))
        self.tell(job, _counted(run))
        return run

    def _balanced(self, run: Run) -> Run:
        ledger = run["ledger"]
        placed = sum(ledger[bucket] for bucket in _BUCKETS)
        self.expect(ledger["read"] == placed, f"the ledger of {run['id']} does not balance")
        return run

    # --- the platform ---------------------------------------------------------------------------

    def put(self, object: str, id: str, **values: Any) -> None:
        """Somebody's edit on the platform; makes the record if it is not there."""
        self.house.call("PUT", _records(object, id), {"values": values})

    def delete(self, object: str, id: str) -> None:
        self.house.call("DELETE", _records(object, id))

    def values(self, object: str, id: str) -> Mapping[str, Any]:
        """What the platform record says."""
        found: Mapping[str, Any] = self.house.call("GET", _records(object, id))["values"]
        return found

    def platform_id(self, object: str, crm_id: str) -> str:
        """The platform record of a Salesforce record that is known."""
        path = f"/v1/workspaces/{WORKSPACE}/history/{object}/{crm_id}?limit=1"
        told = self.house.call("GET", path)["items"]
        self.expect(bool(told), f"nothing is known of {object} {crm_id}")
        return str(told[0]["platform_id"])

    def every(self, object: str) -> Iterator[Mapping[str, Any]]:
        """All live records of an object, page by page."""
        path, cursor = f"{_records(object)}?limit=200", ""
        while True:
            page = self.house.call("GET", f"{path}{cursor}")
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"


def _records(object: str, id: str | None = None) -> str:
    place = f"/v1/workspaces/{WORKSPACE}/records/{object}"
    return place if id is None else f"{place}/{id}"


def _command(*words: str) -> list[str]:
    return [str(Path(sys.executable).parent / "syncline"), *words]


def _environment() -> dict[str, str]:
    """The terminal's, without settings of another Syncline."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SYNCLINE_")}
    return {**kept, "COLUMNS": str(WIDTH)}


def _counted(run: Run) -> str:
    """A run's counts in a line."""
    ledger = run["ledger"]
    parts = [f"{ledger[bucket]:,} {bucket}" for bucket in _BUCKETS if ledger[bucket]]
    read = f"{ledger['read']:,} read"
    told = f"{read}: {', '.join(parts)}" if parts else read
    return f"{told}   ({run['requests']:,} API requests)"
