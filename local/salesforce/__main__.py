"""`python -m local.salesforce`: one org on loopback ports until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from local.salesforce.certificates import make, make_app_key
from local.salesforce.graph import ImageError
from local.salesforce.http.control.users import credentials
from local.salesforce.http.listener import Addresses, Ports, PortTakenError, serve
from local.salesforce.org import Org, opened

_PROGRAM: Final = "python -m local.salesforce"
_MOST_PORT: Final = 65_535
_ABOUT: Final = "A Salesforce org on 127.0.0.1, for tests and for trying things out."
_MORE: Final = """\
It prints one fact a line (and writes them to --ready-file as JSON) once calls are accepted:

  http, https      addresses of the org; https is what most clients want
  proxy            give it as HTTPS_PROXY to a client that has *.salesforce.com written into it
  ca               the CA to trust: REQUESTS_CA_BUNDLE, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS
  client_id, client_secret, refresh_token         the connected app
  private_key      the file the app signs its JWTs with
  username, password, security_token              the integration user
  my_domain        where login.salesforce.com sends clients on to, through the proxy

A client that was written for Salesforce, unchanged:

  export HTTPS_PROXY={proxy} REQUESTS_CA_BUNDLE={ca}
  Salesforce(username=..., password=..., security_token=...)      # simple-salesforce

Control routes are under {http}/__emulator__/ and described in docs/salesforce-emulator.md:
clock, faults, journal, load, settings, users, apps, snapshot and others.

SIGTERM or SIGINT ends it. With --database the whole org is kept, the files of jobs beside it;
snapshots and the journal are not."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; a mistake in the options is told in one line, status 2."""
    options = _options(arguments)
    try:
        with opened(options.database, image=options.image) as org:
            asyncio.run(_run(org, options))
    except PortTakenError as error:
        _stop(str(error))
    except ImageError as error:
        _stop(f"{options.image or options.database}: {error}")
    except sqlite3.Error as error:
        _stop(f"database {options.database}: {error}")
    except OSError as error:
        named = _given(options, error.filename)
        _stop(f"{named}: {error.strerror}" if named else str(error))
    return 0


def _given(options: argparse.Namespace, name: object) -> object:
    """The option's file where one that lies beside it, for a while or for good, is at fault."""
    beside = {f"{options.database}.files": options.database, _part(options.ready_file):
              options.ready_file}  # fmt: skip
    return beside.get(str(name), name)


def _part(ready_file: Path | None) -> str:
    """Where it is written before it is whole."""
    return f"{ready_file}.part"


def _stop(reason: str) -> NoReturn:
    print(f"{_PROGRAM}: error: {reason}", file=sys.stderr)
    raise SystemExit(2)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=_PROGRAM,
        description=_ABOUT,
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, what in (("http", "plain HTTP"), ("https", "TLS"), ("proxy", "the forward proxy")):
        parser.add_argument(
            f"--{name}-port",
            type=_port,
            default=0,
            metavar="PORT",
            help=f"port of {what}; 0, the default, takes a free one",
        )
    parser.add_argument(
        "--database", metavar="FILE", help="SQLite file that keeps the org; default is memory"
    )
    parser.add_argument(
        "--image", metavar="FILE", type=Path, help="begin as the org of this file, of GET image"
    )
    parser.add_argument(
        "--my-domain",
        metavar="NAME",
        help="the org's name before .my.salesforce.com; one that ends in .sandbox makes it a"
        " sandbox (syncline in a new org)",
    )
    parser.add_argument(
        "--ready-file", type=Path, metavar="FILE", help="JSON written once it accepts calls"
    )
    parser.add_argument(
        "--ca-file", type=Path, metavar="FILE", help="also copy the CA certificate here"
    )
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    port = int(text) if text.isdigit() else -1
    if not 0 <= port <= _MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to {_MOST_PORT}")
    return port


async def _run(org: Org, options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.my_domain is not None:
        org.settings.my_domain = options.my_domain
    key, public = make_app_key(org.scratch)
    org.apps.key_file = str(key)
    org.apps.put(replace(org.apps.standing, certificate=public))

    def ready(addresses: Addresses) -> None:
        if options.ca_file is not None:
            options.ca_file.write_bytes(addresses.ca.read_bytes())
        _announce(_facts(org, addresses), options.ready_file)

    await serve(
        org,
        ports=Ports(options.http_port, options.https_port, options.proxy_port),
        certificates=make(org.scratch),
        ready=ready,
        stop=stop,
    )


def _facts(org: Org, addresses: Addresses) -> Mapping[str, str]:
    return {
        "http": addresses.http,
        "https": addresses.https,
        "proxy": addresses.proxy,
        "ca": str(addresses.ca),
        "my_domain": f"https://{org.settings.my_domain}.my.salesforce.com",
        **{name: str(value) for name, value in credentials(org).items()},
    }


def _announce(facts: Mapping[str, str], ready_file: Path | None) -> None:
    if ready_file is not None:
        part = Path(_part(ready_file))
        part.write_text(json.dumps(facts))
        part.replace(ready_file)
    for name, value in facts.items():
        print(f"{name:14} {value}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
