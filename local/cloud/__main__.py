"""`python -m local.cloud`: a standing local cloud until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from local.cloud.cloud import LocalCloud


def main() -> None:
    """Start, print the addresses one a line, wait for SIGINT or SIGTERM, end everything."""
    options = _arguments()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with LocalCloud.start(
        options.template,
        parameters=_pairs(options.parameter),
        env=_pairs(options.env),
        upstreams=_pairs(options.upstream),
        auth=options.auth,
        port=options.port,
        home=options.home,
    ) as cloud:
        print(f"api {cloud.api_url}", flush=True)
        print(f"aws {cloud.aws_endpoint}", flush=True)
        for name, value in sorted(cloud.outputs.items()):
            print(f"output {name} {value}", flush=True)
        ended.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description=__doc__)
    parser.add_argument("--template", type=Path, default=Path("template.yaml"))
    parser.add_argument("--port", type=int, default=0, help="port of the HTTP API; 0 finds one")
    parser.add_argument("--home", type=Path, help="folder for logs; .local beside the template")
    parser.add_argument("--auth", action="store_true", help="evaluate the functions' IAM roles")
    for name in ("parameter", "env", "upstream"):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args()


def _pairs(texts: list[str]) -> dict[str, str]:
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


if __name__ == "__main__":
    main()
