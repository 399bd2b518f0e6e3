"""`make demo`: a Salesforce org, the cloud of template.yaml, and Syncline between them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from local.house import ROOT, WORKSPACE, House, stand, write_endpoints
from local.seed.org import DemoOrg, demo_org
from local.seller import Seller

_WIDTH: Final = 110
_FINE: Final = (0, 3)
"""Exit codes of the command line that the demo expects: success, and partial success."""


@dataclass(slots=True)
class Demo:
    """The steps of the demo, in order; each raises SystemExit if what it shows did not happen."""

    house: House
    org: DemoOrg
    folder: Path
    console: Console = field(default_factory=lambda: Console(highlight=False, width=_WIDTH))

    def play(self) -> None:
        self.say("1. One file configures workspace, connection and jobs; applied twice, it says so")
        self.syncline("apply", str(ROOT / "local" / "demo.yaml"), "--yes")
        self.syncline("apply", str(ROOT / "local" / "demo.yaml"), "--yes")
        self.syncline("connection", "test", "crm")
        self.say("2. What would arrive, before anything is written")
        self.syncline("job", "preview", "tasks", "--limit", "5")
        self.say("3. The first run of each job")
        self.run("accounts")
        self.run("tasks")
        self.say("4. The second run of each job: nothing changed, so nothing is written")
        for job in ("accounts", "tasks"):
            written = self.run(job)["ledger"]["written"]
            self.expect(written == {"records": 0, "cross_references": 0}, f"{job} wrote {written}")
            self.console.print(f"   {job}: 0 records and 0 cross-references written")
        self.say("5. People go on working, in Salesforce and on the platform")
        story = self.people_work()
        self.say("6. The third run: each change with its reason")
        self.run("accounts")
        third = self.run("tasks")
        self.syncline("run", "records", third["id"])
        self.say("7. The whole story of one task, edited on both sides at once")
        self.syncline("history", "task", story)
        self.end(third)

    def say(self, text: str) -> None:
        self.console.rule(f"[bold]{text}", align="left")

    def expect(self, held: bool, otherwise: str) -> None:
        if not held:
            raise SystemExit(f"the demo failed: {otherwise}")

    def syncline(self, *words: str) -> None:
        """Shows the command as a person would type it, then what it prints."""
        shown = " ".join(words).replace(f"{ROOT}/", "")
        self.console.print(f"\n[bold cyan]$ syncline {shown}[/]")
        done = subprocess.run(
            self.command(*words), cwd=self.folder, env=_environment(), check=False
        )
        self.expect(done.returncode in _FINE, f"'syncline {shown}' exited {done.returncode}")

    def command(self, *words: str) -> list[str]:
        return [str(Path(sys.executable).parent / "syncline"), *words]

    def run(self, job: str) -> Mapping[str, Any]:
        """Runs a job and returns the run as the API tells it."""
        self.syncline("job", "run", job)
        path = f"/v1/workspaces/{WORKSPACE}/jobs/{job}/runs?limit=1"
        found: Mapping[str, Any] = self.house.call("GET", path)["items"][0]
        ledger = found["ledger"]
        placed = sum(v for k, v in ledger.items() if k not in ("read", "reasons", "written"))
        self.expect(ledger["read"] == placed, f"the ledger of {found['id']} does not balance")
        return found

    def people_work(self) -> str:
        """Edits on both sides; returns the id of the task that both sides edit."""
        seller = Seller(self.house.salesforce)
        first, both, gone = self.live_tasks(seller)
        seller.change("Task", first["Id"], Status="Completed")
        self.tell("Salesforce", f"{first['Subject']!r} is completed")
        seller.change("Task", both["Id"], Status="Completed")
        self.tell("Salesforce", f"{both['Subject']!r} is completed …")
        self.edit_on_platform(
            both["Id"], {"description": "Ada called back: they want the annex too."}
        )
        self.tell("platform  ", "… and gets a new description at the same time")
        seller.delete("Task", gone["Id"])
        self.tell("Salesforce", f"{gone['Subject']!r} is deleted")
        seller.create("Task", WhatId=first["AccountId"], Status="Not Started", Priority="Normal")
        self.tell("Salesforce", "somebody logs a task without a subject")
        self.house.salesforce.control.load([self.org.late_account])
        name = self.org.late_account[1]["Name"]
        self.tell("Salesforce", f"the account {name!r} arrives, later than its tasks")
        return str(both["Id"])

    def live_tasks(self, seller: Seller) -> list[dict[str, Any]]:
        soql = (
            "SELECT Id, Subject, AccountId FROM Task WHERE Subject != null AND AccountId != null "
            "AND Status = 'Not Started' ORDER BY SystemModstamp DESC, Id LIMIT 3"
        )
        found = seller.find(soql)
        self.expect(len(found) == 3, "the org has no open tasks")
        return found

    def edit_on_platform(self, crm_id: str, values: Mapping[str, str]) -> None:
        path = f"/v1/workspaces/{WORKSPACE}"
        story = self.house.call("GET", f"{path}/history/task/{crm_id}")["items"]
        record = story[0]["platform_id"]
        self.house.call("PUT", f"{path}/records/task/{record}", {"values": dict(values)})

    def tell(self, side: str, text: str) -> None:
        self.console.print(f"   [bold]{side}[/]  {text}", markup=True)

    def both_sides(self) -> None:
        """Counts of both sides, and what became of the difference."""
        seller = Seller(self.house.salesforce)
        for sobject, name in (("Account", "account"), ("Task", "task")):
            there = seller.count(sobject)
            here = _live(self.house, name)
            self.console.print(
                f"   {sobject}s: {there:,} live in Salesforce, {here:,} on the platform"
                f"{self.difference(name, there - here)}"
            )
        self.console.print("   Events: loaded for the kinds that come next; no job reads them yet")

    def difference(self, name: str, number: int) -> str:
        """Why some are not here: of the first run, those that no later run settled."""
        if not number:
            return ": they agree"
        path = f"/v1/workspaces/{WORKSPACE}/jobs/{name}s/runs"
        reasons: Counter[str] = Counter()
        for run in self.house.call("GET", path)["items"]:
            for key, count in run["ledger"]["reasons"].items():
                reasons[key] += count if key.partition(":")[0] in ("rejected", "skipped") else 0
        told = ", ".join(f"{n} {key.partition(':')[2]}" for key, n in reasons.items() if n)
        return f"; {number:,} stay out, each with its reason ({told.replace('_', ' ')})"

    def end(self, third: Mapping[str, Any]) -> None:
        ledger = third["ledger"]
        want = {"updated": 2, "deleted": 1, "rejected": 1}
        got = {name: ledger[name] for name in want}
        self.expect(got == want, f"the third run was to show {want} and showed {got}")
        self.expect(ledger["reasons"].get("created:account_arrived", 0) > 0, "no late task arrived")
        self.say("Done: what happened on each side")
        self.both_sides()
        calls = self.house.cloud.calls
        self.console.print(
            f"   The functions made {calls.count(service='salesforce')} calls to Salesforce and "
            f"{calls.count() - calls.count(service='salesforce')} to AWS, each with the rights of "
            "its own role.\n   Every ledger balanced; the second runs wrote nothing.\n\n"
            "   make local    keeps all this running, to play with\n"
            "   template.yaml is what ran, function by function\n"
            f"   {Path('.local/logs')}    holds what the functions logged\n"
        )


def _live(house: House, name: str) -> int:
    """Records on the platform, page by page."""
    path, count, cursor = f"/v1/workspaces/{WORKSPACE}/records/{name}?limit=200", 0, ""
    while True:
        page = house.call("GET", f"{path}{cursor}")
        count += len(page["items"])
        if page["next"] is None:
            return count
        cursor = f"&cursor={page['next']}"


def _environment() -> dict[str, str]:
    """The terminal's, without settings of another Syncline."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SYNCLINE_")}
    return {**kept, "COLUMNS": str(_WIDTH)}


def main() -> None:
    """Starts everything, plays, ends everything. Exit 1 if something it shows did not happen."""
    began = time.monotonic()
    console = Console(highlight=False, width=_WIDTH)
    console.print("Starting a Salesforce org and the cloud of template.yaml on this machine …")
    with tempfile.TemporaryDirectory() as name, stand(home=ROOT / ".local", auth=True) as house:
        folder = Path(name)
        write_endpoints(house, folder / ".local")
        org = demo_org(datetime.now(UTC))
        loaded = house.salesforce.control.load(org.records)
        told = ", ".join(f"{number:,} {sobject}s" for sobject, number in loaded.items())
        console.print(f"   Salesforce  {house.salesforce.https}  {told}")
        console.print(
            f"   cloud       {house.cloud.api_url}  {len(house.cloud.functions)} functions, "
            "roles evaluated"
        )
        house.salesforce.control.clear_journal()
        Demo(house, org, folder, console).play()
    console.print(f"The demo ended well after {time.monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()
