"""The demo's last words: how many records there are on each side, and what all of it cost."""

from __future__ import annotations

from collections import Counter
from typing import Final

from local.demo.stage import Stage
from local.house import WORKSPACE

_OBJECTS: Final = (
    ("Account", "account", "accounts"),
    ("Task", "task", "tasks"),
    ("Event", "touchpoint", "touchpoints"),
)
"""In Salesforce, on the platform, and the job that brings it from there."""


def end(stage: Stage) -> None:
    """Counts both sides; every record that is on one alone must have its reason."""
    stage.chapter("11. Done: what happened on each side")
    for sobject, name, job in _OBJECTS:
        _compare(stage, sobject, name, job)
    calls = stage.house.cloud.calls
    salesforce = calls.count(service="salesforce")
    stage.console.print(
        f"   The functions made {salesforce:,} calls to Salesforce and "
        f"{calls.count() - salesforce:,} to AWS, each with the rights of its own role.\n"
        "   Every ledger balanced; the silent rounds wrote nothing.\n\n"
        "   make local    keeps all this running, to play with\n"
        "   template.yaml is what ran, function by function\n"
        "   .local/logs   holds what the functions logged\n"
    )


def _compare(stage: Stage, sobject: str, name: str, job: str) -> None:
    there = stage.seller.count(sobject)
    here = sum(1 for _ in stage.every(name))
    counted = f"{sobject}s: {there:,} live in Salesforce, {here:,} {name}s on the platform"
    reasons = _staying_out(stage, job)
    if name == "touchpoint":
        reasons["campaign touch"] += 1
    stage.expect(there - here == reasons.total(), f"{counted}; reasons are {dict(reasons)}")
    if not reasons:
        stage.console.print(f"   {counted}: they agree")
        return
    told = ", ".join(f"{number} {reason}" for reason, number in reasons.items())
    stage.console.print(f"   {counted}; {reasons.total()} stay out, each with its reason ({told})")


def _staying_out(stage: Stage, job: str) -> Counter[str]:
    """Why records of Salesforce are not on the platform: reason → count over all runs."""
    path = f"/v1/workspaces/{WORKSPACE}/jobs/{job}/runs"
    found: Counter[str] = Counter()
    for run in stage.house.call("GET", path)["items"]:
        for key, count in run["ledger"]["reasons"].items():
            bucket, _, reason = key.partition(":")
            if bucket in ("rejected", "skipped"):
                found[reason.replace("_", " ")] += count
    return found
