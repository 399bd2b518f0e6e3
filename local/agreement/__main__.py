"""`python -m local.agreement`: 0 if both sides agree, 1 if not, 2 if a side cannot be read."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.table import Table

from local.agreement.judge import Fault, Finding, Verdict, judge
from local.agreement.pairs import PAIRS, Pair
from local.agreement.sides import Platform

_LINES: Final = 10
_LONGEST: Final = 60


def show(verdicts: Sequence[Verdict], console: Console) -> None:
    """A line for each pair, a line for each of the first findings."""
    table = Table(title="Do both sides agree?", title_justify="left")
    for name in ("record", "Salesforce", "platform", "agree", "rightly alone", "wrong"):
        table.add_column(name, justify="left" if name == "record" else "right")
    for verdict in verdicts:
        numbers = (verdict.salesforce, verdict.platform, verdict.agree, verdict.stays.total())
        told = ", ".join(f"{number:,} {fault}" for fault, number in verdict.faults.items())
        table.add_row(verdict.pair.platform, *(f"{each:,}" for each in numbers), told or "nothing")
    console.print(table)
    for verdict in verdicts:
        for reason, number in sorted(verdict.stays.items()):
            console.print(f"   {verdict.pair.platform}: {number:,} stay alone: {reason}")
        for finding in verdict.findings[:_LINES]:
            console.print(f"   {verdict.pair.platform}: {_told(finding)}", markup=False)


def _told(finding: Finding) -> str:
    who = " / ".join(filter(None, (finding.salesforce_id, finding.platform_id)))
    if finding.fault is not Fault.DIFFERS:
        return f"{finding.fault}: {who} {finding.field}".rstrip()
    sides = (f"{(value or '∅')[:_LONGEST]!r}" for value in (finding.salesforce, finding.platform))
    return f"{who}: {finding.field}: {' in Salesforce, '.join(sides)} on the platform"


def stories(verdict: Verdict, endpoints: Mapping[str, str], console: Console) -> None:
    """What the sync says of the first records that are wrong."""
    with Platform(endpoints["api"], endpoints["workspace"], endpoints["token"]) as platform:
        for finding in verdict.findings[:5]:
            asked = (finding.platform_id or finding.salesforce_id).split(" ")[0]
            for chapter in platform.story(verdict.pair.platform, asked):
                console.print(
                    f"      {asked}: {chapter['at']} {chapter['verb']} ({chapter['reason']}) "
                    f"by {chapter['run']}",
                    markup=False,
                )


def main(arguments: Sequence[str] | None = None) -> int:
    """Objects are arguments; all of them unless said."""
    parser = argparse.ArgumentParser(prog="python -m local.agreement", description=__doc__)
    parser.add_argument("object", nargs="*", choices=[[], *PAIRS], help="default: all")
    parser.add_argument("--endpoints", type=Path, default=Path(".local/endpoints.json"))
    parser.add_argument("--once", action="store_true", help="titles and subjects are all different")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, width=150)
    try:
        endpoints = json.loads(options.endpoints.read_text())
        pairs = [_pair(name, once=options.once) for name in options.object or PAIRS]
        verdicts = judge(endpoints, pairs)
        show(verdicts, console)
        for verdict in verdicts:
            stories(verdict, endpoints, console)
    except (OSError, ValueError, httpx.HTTPError) as exc:
        console.print(f"nothing can be said: {exc}", markup=False)
        return 2
    return 0 if all(verdict.held for verdict in verdicts) else 1


def _pair(name: str, *, once: bool) -> Pair:
    pair = PAIRS[name]
    return replace(pair, once=pair.lines[0].platform) if once and name != "account" else pair


if __name__ == "__main__":
    sys.exit(main())
