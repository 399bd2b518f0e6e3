"""The sorts of CRM that there are, and the job kinds of all: another sort adds its module here."""

from collections.abc import Mapping
from typing import Final

from syncline.engine.dialect import Dialect
from syncline.kinds import salesforce
from syncline.kinds.kind import Direction, Kind

_SORTS: Final = ((salesforce.DIALECT, salesforce.KINDS),)

DIALECTS: Final[Mapping[str, Dialect]] = {dialect.name: dialect for dialect, _ in _SORTS}
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for _, kinds in _SORTS for kind in kinds}

BULK_WRITE_BACK: Final = "bulk_write_back"
"""The kind of the jobs that nobody configures; its runs name the object that they are about."""
_SYSTEM: Final = Kind(BULK_WRITE_BACK, Direction.WRITE_BACK, object="", crm_object="", lines=())


def kind_of(name: str) -> Kind:
    """Of a stored job, or of one of the system's."""
    return _SYSTEM if name == BULK_WRITE_BACK else KINDS[name]
