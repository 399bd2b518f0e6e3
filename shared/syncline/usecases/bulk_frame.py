"""Resolves a run of bulk write-back against the live org once for all its legs."""

from typing import Any, Final

from syncline.engine.moments import canonical_instant
from syncline.ports import Configuration, Crm, Run, Runs
from syncline.usecases.outlets import Outlet, find_outlets
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.resolve_outgoing import SEND, SETTLE, SUSPECTS, Counterpart, suspects_since
from syncline.usecases.write_lines import inbound_jobs
from syncline.usecases.writers_turn import OBJECT

PLAN: Final = "plan"


def make_bulk_frame(
    setup: JobSetup, crm: Crm, run: Run, configuration: Configuration, runs: Runs
) -> dict[str, Any]:
    """As JSON; `suspects_since` is by CRM object. An object that nothing leads out of any more has
    no outlets: each change of it is told so."""
    connection, object = setup.job.connection, run.options[OBJECT]
    place = (run.workspace, connection, object)
    outlets = find_outlets(configuration, crm, place=place)
    readers = [
        each
        for each in inbound_jobs(configuration, run.workspace, object)
        if each.job.connection == connection
    ]
    return {
        "outlets": [outlet.to_json() for outlet in outlets],
        "suspects_since": {each.object: _since(each, readers, runs) for each in outlets},
        "connection": connection,
        "object": object,
        "phases": [SUSPECTS, PLAN, SEND, SETTLE],
        "started": canonical_instant(crm.now()),
        "fingerprint": "",
    }


def _since(outlet: Outlet, readers: list[JobSetup], runs: Runs) -> str | None:
    """Up to when the baselines are what the CRM holds: those of every job that reads the object."""
    mine = [each for each in readers if each.crm_object.lower() == outlet.object.lower()]
    known = [
        suspects_since(Counterpart(each, runs.state(each.workspace_name, each.name)))
        for each in mine
    ]
    times = [since for since in known if since is not None]
    return min(times) if times and len(times) == len(known) else None
