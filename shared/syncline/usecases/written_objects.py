"""Which objects of which workspaces have attributes that are written back, for the sweeper, which
looks after all workspaces: nothing else lists these."""

from collections.abc import Sequence
from typing import Final

from syncline.ports import Configuration

_STAGE: Final = ""
"""No workspace: what is listed here is of the whole stage."""
_TYPE: Final = "write_back"


def list_written(configuration: Configuration, workspace: str, object: str) -> None:
    """Before the first attribute of the object is switched on, so that none is ever missed. It
    stays listed: what was captured may still wait when the last one is switched off."""
    name = _name(workspace, object)
    if configuration.get(_STAGE, _TYPE, name) is None:
        configuration.put(_STAGE, _TYPE, name, {}, expected=0)


def written_objects(configuration: Configuration) -> Sequence[tuple[str, str]]:
    """Workspace and object of each."""
    found = (name.partition("|") for name, _ in configuration.all(_STAGE, _TYPE))
    return [(workspace, object) for workspace, _, object in found]


def forget_written(configuration: Configuration, workspace: str) -> None:
    """Of a workspace that is deleted."""
    for owner, object in written_objects(configuration):
        if owner == workspace:
            configuration.delete(_STAGE, _TYPE, _name(workspace, object))


def _name(workspace: str, object: str) -> str:
    return f"{workspace}|{object}"
