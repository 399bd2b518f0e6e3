"""What a changed mapping does to attributes that are written back (W1, W6)."""

from collections.abc import Iterator
from dataclasses import replace

from syncline.kinds.registry import KINDS
from syncline.ports import Configuration
from syncline.usecases.find import find_job
from syncline.usecases.findings import Finding, at_line
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.write_lines import (
    deep_flaw,
    inbound_jobs,
    mapping_of,
    reads,
    written_back,
)


def check_write_back(configuration: Configuration, setup: JobSetup) -> Iterator[Finding]:
    """A warning for each attribute that this job was the last to map, an error for each that it
    reads through more than one reference. Outbound jobs are not concerned."""
    object = setup.kind.object
    on = written_back(configuration, setup.workspace_name, object)
    if not (on and reads(setup.job, object)):
        return
    jobs = inbound_jobs(configuration, setup.workspace_name, object)
    others = [each for each in jobs if each.name != setup.name]
    before = [each for each in jobs if each.name == setup.name]
    for name in on:
        if _mapped(before, name) and not _mapped([*others, setup], name):
            yield _unmapped(name)
    for index, line in enumerate(setup.lines()):
        flaw = deep_flaw(line.salesforce) if line.platform in on else None
        if flaw is not None:
            remedy = f"Map a field one step away, or switch write-back of '{line.platform}' off."
            yield at_line(index, "salesforce", flaw[0], said=(flaw[1], remedy, line.salesforce))


def left_unmapped(configuration: Configuration, workspace: str, name: str) -> Iterator[Finding]:
    """A warning for each attribute that nothing would map any more without that job: it stays
    switched on, and leads nowhere."""
    object = KINDS[find_job(configuration, workspace, name).kind].object
    jobs = inbound_jobs(configuration, workspace, object)
    mine = [each for each in jobs if each.name == name]
    others = [each for each in jobs if each.name != name]
    for attribute in written_back(configuration, workspace, object):
        if _mapped(mine, attribute) and not _mapped(others, attribute):
            yield replace(
                _unmapped(attribute),
                field="",
                remedy=f"Map '{attribute}' in an inbound job, or switch its write-back off.",
            )


def _mapped(jobs: list[JobSetup], attribute: str) -> bool:
    return any(line for job in jobs for line in mapping_of(job, attribute))


def _unmapped(attribute: str) -> Finding:
    return Finding(
        code="write_back_unmapped",
        field="/mapping",
        message=f"'{attribute}' is written back, and no inbound job would map it any more",
        remedy=f"Keep a line for '{attribute}', or switch its write-back off.",
        severity="warning",
        value=attribute,
    )
