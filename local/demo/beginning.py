"""The demo's first chapters: a file, a preview, everything for the first time, and a silence."""

from __future__ import annotations

from typing import Final

from local.demo.stage import Stage
from local.house import ROOT

JOBS: Final = (
    "accounts", "tasks", "tasks-out", "touchpoints", "touchpoints-out", "campaign-touches",
)  # fmt: skip
"""In the order in which a round runs them: accounts first, then each pair."""
CRM_WRITES: Final = (
    "collections", "create", "update", "upsert", "delete", "composite", "bulk.ingest.create",
    "bulk.ingest.upload",
)  # fmt: skip
"""Classes of requests that write in Salesforce, as the emulator counts them."""


def begin(stage: Stage) -> None:
    """From an empty workspace to two sides that agree."""
    stage.chapter(
        "1. One file configures workspace, connection and jobs; applied twice, it says so"
    )
    stage.syncline("apply", str(ROOT / "local" / "demo.yaml"), "--yes")
    stage.syncline("apply", str(ROOT / "local" / "demo.yaml"), "--yes")
    stage.syncline("connection", "test", "crm")
    stage.chapter("2. What would arrive, before anything is written")
    stage.syncline("job", "preview", "tasks", "--limit", "5")
    stage.chapter("3. The first run of each job, in either direction")
    stage.run_briefly("accounts")
    stage.run("tasks")
    stage.console.print()
    for job in JOBS[2:]:
        stage.run_briefly(job)
    stage.chapter("4. The second run of each job: nothing changed, so nothing is written")
    silence(stage)


def silence(stage: Stage) -> None:
    """One round that must write nothing on either side."""
    control = stage.house.salesforce.control
    control.clear_journal()
    for job in JOBS:
        written = stage.run_briefly(job)["ledger"]["written"]
        stage.expect(not any(written.values()), f"{job} wrote {written}")
    counts = control.counts()
    sent = {name: counts[name] for name in CRM_WRITES if counts.get(name)}
    stage.expect(not sent, f"a silent round sent {sent}")
    stage.console.print(
        "   Written: 0 records, 0 cross-references, and nothing was sent to Salesforce"
    )
