"""Campaign touches: always a new Event with a composed subject (T18)."""

from typing import Final

from syncline.engine.records import Value, Values
from syncline.kinds.events import prepared_event
from syncline.kinds.lines import DefaultLine
from syncline.kinds.preparing import Draft

OUTBOUND: Final = (
    DefaultLine("AccountId", "account_id", key=True),
    DefaultLine("Id", "external_id", key=True),
    DefaultLine("Subject", "subject"),
    DefaultLine("Description", "description"),
    DefaultLine("ActivityDate", "start_date"),
    DefaultLine("OwnerId", "created_by"),
)
"""The touch's own id is the key. `Id` stands for the event itself, which is known by its
cross-reference; a job that maps a custom field there has the touch's id on the event too."""

SUBJECT_LENGTH: Final = 255
"""Event.Subject.
https://developer.salesforce.com/docs/atlas.en-us.sfFieldRef.meta/sfFieldRef/salesforce_field_reference_Event.htm"""

_KINDS: Final = {"one_time": "One time campaign", "ongoing": "Ongoing campaign"}
_ELLIPSIS: Final = "…"


def composed_subject(record: Values) -> str:
    """`Ongoing campaign "NAME" was sent to N users. From: USER@DOMAIN`, at most 255 characters:
    of a longer one the name is cut, then the end. A touch without a type is one of an ongoing
    campaign."""
    said = str(record.get("campaign_type")).lower().replace(" ", "_").replace("-", "_")
    kind = _KINDS.get(said, _KINDS["ongoing"])
    recipients = record.get("recipients") or 0
    before = f'{kind} "'
    after = f'" was sent to {recipients} users. From: {record.get("sender") or ""}'.rstrip()
    room = SUBJECT_LENGTH - len(before) - len(after)
    name = _cut(str(record.get("campaign_name") or ""), room)
    return f"{before}{name}{after}"[:SUBJECT_LENGTH]


def _cut(name: str, room: int) -> str:
    if len(name) <= room:
        return name
    return name[: max(room - len(_ELLIPSIS), 0)].rstrip() + _ELLIPSIS


def prepared_touch(draft: Draft) -> dict[str, Value]:
    """The composed subject wherever the mapping puts it, and Type Email where there is a Type.

    What a job maps to Type itself is left alone.
    """
    subject = composed_subject(draft.record)
    fed = {each.lower() for each in draft.targets.get("subject", ())}
    values = {
        name: subject if name.lower() in fed else value for name, value in draft.values.items()
    }
    if draft.knows("Type") and values.get("Type") is None:
        values["Type"] = "Email"
    return prepared_event(Draft(draft.record, values, draft.creating, draft.fields, draft.targets))
