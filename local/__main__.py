"""`make local`: the whole product on this machine until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from datetime import UTC, datetime

from local.house import ROOT, furnish, stand, write_endpoints
from local.seed.org import demo_org


def main() -> None:
    """Starts, loads the demo org, writes `.local/endpoints.json` when ready, waits."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    home = ROOT / ".local"
    (home / "endpoints.json").unlink(missing_ok=True)
    print("starting a Salesforce org and the cloud of template.yaml …", flush=True)
    with stand(home=home) as house:
        loaded = furnish(house.salesforce, demo_org(datetime.now(UTC)))
        path = write_endpoints(house, home)
        told = ", ".join(f"{number:,} {name}" for name, number in sorted(loaded.items()))
        print(f"""
  Salesforce   {house.salesforce.http}   (also {house.salesforce.https}, CA {house.salesforce.ca})
               {told}
  API          {house.cloud.api_url}   (OpenAPI: /openapi.json)
  AWS          {house.cloud.aws_endpoint}
  workspace    acme
  endpoints    {path.relative_to(ROOT)} (addresses and this run's token)
  logs         {(home / "logs").relative_to(ROOT)}

  Try in another terminal:
      .venv/bin/syncline apply local/demo.yaml
      .venv/bin/syncline job run accounts
      .venv/bin/syncline job run tasks        # from Salesforce
      .venv/bin/syncline job run tasks-out    # to Salesforce
      .venv/bin/syncline record list account --limit 3
      .venv/bin/syncline change account ID phone=+49-30-5550100 --follow    # written back by itself
  Edit Salesforce with any client: docs/salesforce-emulator.md.
  Ctrl-C ends everything; nothing is kept.
""")
        sys.stdout.flush()
        ended.wait()
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
