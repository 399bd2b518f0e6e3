"""Starts everything, tells the chapters, ends everything. Exit 1 if something it shows did not
happen."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from local.demo.beginning import begin
from local.demo.both_ways import work_both_ways
from local.demo.ending import end
from local.demo.stage import WIDTH, Stage
from local.demo.write_back import write_back
from local.house import ROOT, furnish, stand, write_endpoints
from local.seed.org import demo_org
from local.seller import Seller


def main() -> None:
    """The whole demo."""
    began = time.monotonic()
    console = Console(highlight=False, width=WIDTH)
    console.print("Starting a Salesforce org and the cloud of template.yaml on this machine …")
    with _stage(console) as stage:
        begin(stage)
        work_both_ways(stage)
        write_back(stage)
        end(stage)
    console.print(f"The demo ended well after {time.monotonic() - began:.0f} seconds.")


@contextmanager
def _stage(console: Console) -> Iterator[Stage]:
    """An org with its records, a cloud whose roles are evaluated, and an empty workspace."""
    with tempfile.TemporaryDirectory() as name, stand(home=ROOT / ".local", auth=True) as house:
        folder = Path(name)
        write_endpoints(house, folder / ".local")
        org = demo_org(datetime.now(UTC))
        loaded = furnish(house.salesforce, org)
        told = ", ".join(f"{number:,} {sobject}s" for sobject, number in loaded.items())
        console.print(f"   Salesforce  {house.salesforce.https}  {told}")
        console.print(
            f"   cloud       {house.cloud.api_url}  {len(house.cloud.functions)} functions, "
            "roles evaluated"
        )
        yield Stage(house, org, folder, Seller(house.salesforce), console)


if __name__ == "__main__":
    main()
