"""`python -m local.salesforce`: one org on two loopback ports until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from local.salesforce.certificates import make
from local.salesforce.http.listener import Addresses, Ports, serve
from local.salesforce.org import Org, opened


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    options = _options(arguments)
    with opened(options.database) as org:
        asyncio.run(_run(org, options))
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.salesforce", description="A Salesforce org on loopback."
    )
    parser.add_argument("--http-port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--https-port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--database", help="SQLite file that keeps the rows; default is memory")
    parser.add_argument("--ready-file", type=Path, help="JSON written once it accepts calls")
    parser.add_argument("--ca-file", type=Path, help="also copy the CA certificate here")
    return parser.parse_args(arguments)


async def _run(org: Org, options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def ready(addresses: Addresses) -> None:
        if options.ca_file is not None:
            options.ca_file.write_bytes(addresses.ca.read_bytes())
        _announce(org, addresses, options.ready_file)

    await serve(
        org,
        ports=Ports(options.http_port, options.https_port),
        certificates=make(org.scratch),
        ready=ready,
        stop=stop,
    )


def _announce(org: Org, addresses: Addresses, ready_file: Path | None) -> None:
    facts = {
        "http": addresses.http,
        "https": addresses.https,
        "ca": str(addresses.ca),
        "client_id": org.sessions.client_id,
        "client_secret": org.sessions.client_secret,
        "refresh_token": org.sessions.refresh_token,
    }
    if ready_file is not None:
        part = ready_file.with_name(ready_file.name + ".part")
        part.write_text(json.dumps(facts))
        part.replace(ready_file)
    for name, value in facts.items():
        print(f"{name:14} {value}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
