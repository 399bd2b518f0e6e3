"""A run as a person follows it: its counts while it works, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cli.api import Api
from cli.errors import UnreachableError
from cli.exits import RUN_EXITS, Exit
from cli.session import Session
from cli.show import duration, filled, harmless, moment, short, state, table, words

BUCKETS: Final = ("created", "updated", "linked", "deleted", "left", "skipped", "parked", "held",
                  "rejected")  # fmt: skip
_MEANINGS: Final[Mapping[str, str]] = {
    "created": "new on the other side",
    "updated": "changed fields were written",
    "linked": "matched with a record that was there",
    "deleted": "deleted on the other side",
    "left": "unchanged, nothing written",
    "skipped": "not taken over, by the job's rules",
    "parked": "waits for its account",
    "held": "waits for a person",
    "rejected": "cannot be taken over as it is",
}
_PATIENCE: Final = 5
"""Answers that may fail to come, one after the other, before watching ends."""

SLOWEST: Final = 15.0
"""Seconds between two looks at what takes long."""
_GROWS: Final = 1.5

Run = Mapping[str, Any]


def slower(first: float) -> Iterator[float]:
    """Seconds between looks at what may take long: each half as long again as the one before, up to
    SLOWEST; nobody who looks for minutes asks every second."""
    wait = first
    while True:
        yield wait
        wait = max(wait, min(wait * _GROWS, SLOWEST))


def ended(run: Run) -> bool:
    """Whether its status is a last one."""
    return run["status"] in RUN_EXITS


def exit_of(run: Run) -> Exit:
    """How a command that waited for the run exits."""
    return RUN_EXITS.get(str(run["status"]), Exit.SUCCESS)


def states(api: Api, run: Run, *, interval: float) -> Iterator[Run]:
    """The run again and again until it has ended, the last time ended."""
    path = api.inside("runs", str(run["id"]))
    failures = 0
    yield run
    while not ended(run):
        api.pause(interval)
        try:
            run, failures = api.get(path), 0
        except UnreachableError:
            failures += 1
            if failures >= _PATIENCE:
                raise
            continue
        yield run


def watch(session: Session, run: Run, *, interval: float) -> Run:
    """Shows progress on standard error until the run has ended; returns it as it then is."""
    latest = run
    try:
        with _display(session) as show:
            for latest in states(session.api, run, interval=interval):
                show(latest)
    except KeyboardInterrupt:
        session.say(f"the run goes on; follow it again: syncline run watch {run['id']}")
        raise
    return latest


@contextmanager
def _display(session: Session) -> Iterator[Callable[[Run], None]]:
    """A live table on a terminal, one line for each change elsewhere."""
    if not session.err.is_terminal:
        yield _Lines(session)
        return
    with Live(console=session.err, transient=True, auto_refresh=False) as live:
        yield lambda run: live.update(progress(run), refresh=True)


class _Lines:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._last = ""

    def __call__(self, run: Run) -> None:
        line = (
            f"{run['id']}: {run['status']}, {_number(run, 'read')} read, leg {run['leg']}, "
            f"batch {run['batch']}, {run['requests']:,} API requests"
        )
        if line != self._last:
            self._session.say(line)
        self._last = line


def progress(run: Run) -> RenderableType:
    """The panel of a working run."""
    return Group(Text.assemble(("run ", "bold"), harmless(str(run["id"]))), facts(run), counts(run))


def summary(run: Run) -> RenderableType:
    """What came of a run, its causes grouped."""
    parts: list[RenderableType] = [progress(run)]
    causes = list(reasons(run))
    if causes:
        made = table("outcome", "cause", "#records")
        parts += [Text(""), filled(made, ((state(b), words(r), n) for b, r, n in causes))]
    fields = list(_refused(run))
    if fields:
        made = table("attribute", "refused because", "#records", title="Of those")
        parts += [Text(""), filled(made, fields)]
    parts += error_text(run.get("error"))
    return Group(*parts)


def facts(run: Run) -> Table:
    """Everything about a run but its counts."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    started = run.get("started_at") or run["created_at"]
    rows: list[tuple[str, Any]] = [
        ("status", state(run["status"])),
        ("job", Text(f"{run['job']}, {run['mode']}, started by {run['trigger']}")),
        ("started", Text(moment(started))),
        ("took", Text(duration(started, run.get("ended_at")))),
        ("legs", Text(f"{run['leg']:,}, batch {run['batch']:,}")),
        ("API requests", Text(f"{run['requests']:,}")),
    ]
    if run.get("plan"):
        rows.append(("plan", Text(harmless(str(run["plan"])))))
    if run.get("cancel") and not ended(run):
        rows.append(("cancel", Text("asked for; it stops after this batch", style="yellow")))
    for name, value in rows:
        made.add_row(Text(name, style="bold"), value)
    return made


def counts(run: Run) -> Table:
    """The ledger, bucket by bucket."""
    read = _number(run, "read")
    made = table("outcome", "#records", "", "")
    for bucket in BUCKETS:
        number = _number(run, bucket)
        if number:
            bar = ProgressBar(total=max(read, 1), completed=number, width=24)
            meaning = Text(_MEANINGS[bucket], style="dim")
            made.add_row(state(bucket), Text(f"{number:,}"), bar, meaning)
    placed = sum(_number(run, bucket) for bucket in BUCKETS)
    balance = "balances" if placed == read else f"{placed:,} in buckets"
    made.add_row(Text("read", style="bold"), Text(f"{read:,}"), "", Text(balance, style="dim"))
    for reason, number in ((run.get("ledger") or {}).get("outside") or {}).items():
        besides = Text(f"not counted: {words(reason)}", style="dim")
        made.add_row(Text("besides", style="dim"), Text(f"{number:,}", style="dim"), "", besides)
    return made


def reasons(run: Run) -> Iterator[tuple[str, str, int]]:
    """Bucket, cause, number: what needs a look first, then the most frequent."""
    found = (run.get("ledger") or {}).get("reasons") or {}
    split = [(*str(key).partition(":")[::2], int(number)) for key, number in found.items()]
    order = {name: at for at, name in enumerate(reversed(BUCKETS))}
    yield from sorted(split, key=lambda each: (order.get(each[0], 99), -each[2], each[1]))


def _refused(run: Run) -> Iterator[tuple[str, str, int]]:
    """Attribute, why, number: the most frequent first."""
    found: dict[tuple[str, str], int] = {}
    for key, number in ((run.get("ledger") or {}).get("refused") or {}).items():
        *_, attribute, why = str(key).split(":")
        found[attribute, why] = found.get((attribute, why), 0) + int(number)
    for (attribute, why), number in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        yield attribute, words(why), number


def error_text(error: Mapping[str, Any] | None) -> list[RenderableType]:
    """Why a run stopped, and what to do."""
    if not error:
        return []
    message = str(error.get("message") or error.get("code") or "")
    lines = [Text(""), Text(f"stopped: {harmless(message)}", style="bold red")]
    if error.get("remedy"):
        lines.append(Text(f"  → {harmless(str(error['remedy']))}", style="cyan"))
    return list(lines)


def action_rows(actions: list[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Records of a run for a table. A record that came or went is told by its name."""
    for action in actions:
        changes = list(action.get("changes") or ())
        brief = action["verb"] in _BRIEF and len(changes) > 1
        changed = _named(changes) if brief else "\n".join([*map(_change, changes), *_held(action)])
        why = words(str(action["reason"]))
        if action.get("detail"):
            why += f": {short(action['detail'], most=80)}"
        name = state(action["bucket"])
        yield name, action["crm_id"], action.get("platform_id"), Text(why), Text(changed)


_BRIEF: Final = frozenset({"create", "delete"})
_NAMES: Final = ("title", "name", "subject")


def _change(change: Mapping[str, Any]) -> str:
    before, after = short(change["before"], most=32) or "∅", short(change["after"], most=48) or "∅"
    return f"{change['field']}: {before} → {after}"


def _held(action: Mapping[str, Any]) -> Iterator[str]:
    """What a person must decide, with both values."""
    for each in action.get("contests") or ():
        if each["winner"] == "hold":
            theirs, ours = (short(each[side], most=32) or "∅" for side in _SIDES)
            yield f"{each['field']}: {theirs} in Salesforce, {ours} on the platform"


_SIDES: Final = ("salesforce", "platform")


def _named(changes: list[Mapping[str, Any]]) -> str:
    """The change of the field that names the record, and how many others there are."""
    naming = next((each for each in changes if each["field"] in _NAMES), changes[0])
    return f"{_change(naming)}, and {len(changes) - 1} more"


def _number(run: Run, name: str) -> int:
    return int((run.get("ledger") or {}).get(name, 0))
