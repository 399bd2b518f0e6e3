"""Whether an attribute can be written back: by its settings, by the mappings, by the live orgs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from syncline.config.attribute import Attribute
from syncline.engine.write_lines import WriteLine
from syncline.errors import ConfigurationError
from syncline.kinds.objects import OBJECTS
from syncline.ports import Crm, CrmFactory
from syncline.usecases.findings import Finding
from syncline.usecases.resolve_job import JobSetup
from syncline.usecases.write_lines import mapping_of, write_line

_SWITCH: Final = "/write_back"
_HEADER: Final = "/header"
_OR_MOVE: Final = ", or 'header' if the attribute is shown for each account"


@dataclass(frozen=True, slots=True)
class CheckAttribute:
    """Every finding at once. Of what is switched off only the settings themselves are checked."""

    crm: CrmFactory

    def __call__(
        self,
        place: tuple[str, str, str],
        settings: Attribute,
        *,
        others: Mapping[str, Attribute],
        jobs: Sequence[JobSetup],
    ) -> tuple[Finding, ...]:
        """`place` is workspace, object and attribute, `others` the settings of the object's other
        attributes, `jobs` its inbound jobs. ConfigurationError and RetryableError if an org cannot
        be asked."""
        workspace, _, name = place
        found = [*_unfit(place, settings)]
        if not settings.write_back:
            return tuple(found)
        mapping = [job for job in jobs if any(mapping_of(job, name))]
        found += [*_header(place, settings), *_second(name, settings, others)]
        if not mapping:
            return (*found, _not_mapped(place))
        return (*found, *self._live(workspace, name, settings, mapping))

    def _live(
        self, workspace: str, name: str, settings: Attribute, jobs: Sequence[JobSetup]
    ) -> Iterator[Finding]:
        """One look at each org, whatever number of jobs it has."""
        orgs: dict[str, Crm] = {}
        for job in jobs:
            connection = job.job.connection
            if connection not in orgs:
                orgs[connection] = self.crm(workspace, connection)
            yield from _in_org(job, name, settings, orgs[connection])


def _in_org(job: JobSetup, name: str, settings: Attribute, crm: Crm) -> Iterator[Finding]:
    try:
        described = crm.describe(job.crm_object)
    except ConfigurationError as exc:
        if exc.code != "unknown_object":
            raise
        yield _refused(exc.code, f"job '{job.name}': {exc.message}", job.crm_object)
        return
    for line in mapping_of(job, name):
        yield from _line(job, write_line(job, line, settings, described, crm))


def _unfit(place: tuple[str, str, str], settings: Attribute) -> Iterator[Finding]:
    if settings.header and not OBJECTS[place[1]].header:
        yield Finding(
            code="setting_does_not_fit",
            field=_HEADER,
            message="only attributes of users can belong to the header of a profile",
            remedy="Leave 'header' out.",
            value=True,
        )


def _header(place: tuple[str, str, str], settings: Attribute) -> Iterator[Finding]:
    """W14. What is in the header of every profile is there whatever the settings say."""
    _, object, name = place
    always = name in OBJECTS[object].header
    if always or (settings.header and OBJECTS[object].header):
        yield Finding(
            code="header_attribute",
            field=_SWITCH if always else _HEADER,
            message=f"'{name}' is in the header of a user's profile, and what is there is not "
            "written back",
            remedy=f"Switch 'write_back' off{_OR_MOVE if not always else ''}.",
            value=True,
        )


def _second(name: str, settings: Attribute, others: Mapping[str, Attribute]) -> Iterator[Finding]:
    """W4."""
    first = first_assignment(name, settings, others)
    if first is not None:
        yield Finding(
            code="second_assignment",
            field="/assignment",
            message=f"'{first}' is written back already, and of several account assignments only "
            "one can be",
            remedy=f"Switch 'write_back' of '{first}' off first.",
            value=True,
        )


def first_assignment(name: str, settings: Attribute, others: Mapping[str, Attribute]) -> str | None:
    """The other account assignment that is switched on, if this one is, too."""
    if not (settings.assignment and settings.write_back):
        return None
    on = (n for n, each in others.items() if each.assignment and each.write_back and n != name)
    return next(on, None)


def _not_mapped(place: tuple[str, str, str]) -> Finding:
    _, object, name = place
    return Finding(
        code="not_mapped",
        field=_SWITCH,
        message=f"no inbound job maps '{name}' of the {object}, so there is no field to write to",
        remedy=f"Add a line for '{name}' to the mapping of an inbound job first.",
        value=True,
    )


def _line(job: JobSetup, line: WriteLine) -> Iterator[Finding]:
    where = f"job '{job.name}' (connection '{job.job.connection}') reads it from {line.path}"
    if line.flaw is not None:
        code, message = line.flaw
        yield _refused(code, f"{where}: {message}", line.path)
    elif not line.updateable:
        yield Finding(
            code="read_only",
            field=_SWITCH,
            message=f"{where}: {line.field} is read-only for the connected user, so write-back "
            "of it fails until that changes",
            remedy="Give the connected user the right to edit the field.",
            severity="warning",
            value=line.path,
        )


def _refused(code: str, message: str, value: str) -> Finding:
    remedy = _REMEDIES.get(code, "Map another field, or leave write-back off.")
    return Finding(code=code, field=_SWITCH, message=message, remedy=remedy, value=value)


_REMEDIES: Final[Mapping[str, str]] = {
    "compound_field": "Map what it is made of, each to an attribute of its own.",
    "deep_reference": "Map a field of the record itself or one step away.",
    "key_attribute": "Change it where the record was created; it cannot be written back.",
    "unknown_field": "Correct the mapping, or give the connected user access to the field.",
    "unknown_object": "Give the connected user access to the object.",
    "wrong_type": "Map a field whose type the attribute can be written to.",
}
