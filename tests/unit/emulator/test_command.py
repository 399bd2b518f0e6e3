"""`python -m local.salesforce` itself: what it tells, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.salesforce.__main__ import main

OPTIONS = (
    "--http-port", "--https-port", "--proxy-port", "--database", "--my-domain", "--ready-file",
    "--ca-file",
)  # fmt: skip
COMMAND = [sys.executable, "-m", "local.salesforce"]
FACTS = {
    "http", "https", "proxy", "ca", "my_domain", "client_id", "client_secret", "refresh_token",
    "username", "password", "security_token", "private_key",
}  # fmt: skip


def test_it_writes_its_ready_file_and_ends_on_sigterm(tmp_path: Path) -> None:
    ready, ca = tmp_path / "ready.json", tmp_path / "ca.pem"
    command = [*COMMAND, "--ready-file", str(ready), "--database", str(tmp_path / "rows.sqlite"),
               "--ca-file", str(ca), "--my-domain", "acme"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = dict(process.stdout.readline().split(maxsplit=1) for _ in FACTS)
        facts = json.loads(ready.read_text())
        copied = ca.read_text() == Path(facts["ca"]).read_text()
        process.send_signal(signal.SIGTERM)
        ended = process.wait(10)

    assert set(facts) == FACTS
    assert {name: value.strip() for name, value in printed.items()} == facts
    assert facts["my_domain"] == "https://acme.my.salesforce.com"
    assert copied
    assert ended == 0


def test_help_tells_what_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    found = capsys.readouterr().out
    for word in (*OPTIONS, "HTTPS_PROXY", "__emulator__", "SIGTERM", *FACTS):
        assert word in found


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--http-port", "{taken}"], "port {taken} of 127.0.0.1: Address already in use"),
        (["--proxy-port", "{taken}"], "port {taken} of 127.0.0.1: Address already in use"),
        (["--http-port", "70000"], "argument --http-port: 70000 is no port: 0 to 65535"),
        (["--database", "{folder}"], "database {folder}: unable to open database file"),
        (["--database", "{junk}"], "database {junk}: file is not a database"),
        (["--database", "{folder}/no/rows"], "{folder}/no/rows: No such file or directory"),
        (["--image", "{junk}"], "{junk}: no image of an org"),
        (["--ready-file", "{folder}/no/ready.json"], "{folder}/no/ready.json: No such file"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(b"this is no database " * 100)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = {"taken": taken.getsockname()[1], "folder": str(tmp_path), "junk": str(junk)}

        with pytest.raises(SystemExit, match="2"):
            main([option.format(**words) for option in options])

    found = capsys.readouterr()
    assert told.format(**words) in found.err.splitlines()[-1]
    assert found.out == ""
