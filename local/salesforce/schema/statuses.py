"""The values behind Status, Priority and StageName as rows: which of them mean closed or won.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_taskstatus.htm
and its siblings. That they share a key prefix is not documented; from practice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from local.salesforce.schema.activities import CLOSED_STATUSES, TASK
from local.salesforce.schema.build import (
    READ_ONLY,
    SYSTEM,
    audit,
    choices,
    integer,
    number,
    pick,
    plain,
    record_id,
    text,
)  # fmt: skip
from local.salesforce.schema.leads import LEAD
from local.salesforce.schema.sales import OPPORTUNITY
from local.salesforce.schema.service import CASE
from local.salesforce.schema.types import Field, FieldType, ObjectTraits, SObject

_PREFIX: Final = "01J"
_TRAITS: Final = ObjectTraits(
    createable=False, updateable=False, deletable=False, undeletable=False, searchable=False,
    layoutable=False, replicateable=False, triggerable=False, bulk=False,
)  # fmt: skip


def _switch(name: str, label: str) -> Field:
    return plain(name, label, FieldType.BOOLEAN, access=SYSTEM)


def _values(name: str, label: str, *more: Field) -> SObject:
    fields = (
        record_id(f"{label} ID"),
        replace(text("MasterLabel", "Master Label", 255, access=READ_ONLY), name_field=True),
        replace(
            text("ApiName", "API Name", 255, access=replace(READ_ONLY, nillable=False)),
            id_lookup=True,
        ),
        replace(integer("SortOrder", "Sort Order", digits=9), access=READ_ONLY),
        _switch("IsDefault", "Is Default"),
        *more,
        *audit(),
    )
    return SObject(name, label, label, _PREFIX, fields, _TRAITS)


TASK_STATUS: Final = _values("TaskStatus", "Task Status Value", _switch("IsClosed", "Is Closed"))
TASK_PRIORITY: Final = _values(
    "TaskPriority", "Task Priority Value", _switch("IsHighPriority", "Is High Priority")
)
CASE_STATUS: Final = _values("CaseStatus", "Case Status Value", _switch("IsClosed", "Is Closed"))
LEAD_STATUS: Final = _values(
    "LeadStatus", "Lead Status Value", _switch("IsConverted", "Is Converted")
)
OPPORTUNITY_STAGE: Final = _values(
    "OpportunityStage", "Opportunity Stage",
    _switch("IsActive", "Is Active"), _switch("IsClosed", "Is Closed"), _switch("IsWon", "Is Won"),
    pick("ForecastCategory", "Forecast Category", choices(
        "Omitted", "Pipeline", "BestCase:Best Case", "MostLikely:Most Likely", "Forecast:Commit",
        "Closed",
    ), restricted=True, access=READ_ONLY),
    pick("ForecastCategoryName", "Forecast Category Name", choices(
        "Omitted", "Pipeline", "Best Case", "Commit", "Closed",
    ), restricted=True, access=READ_ONLY),
    replace(
        number("DefaultProbability", "Probability (%)", FieldType.PERCENT, precision=3, scale=0),
        access=READ_ONLY,
    ),
    text("Description", "Description", 255, access=READ_ONLY),
)  # fmt: skip

#: Probability and forecast category of a stage of a new org.
STAGE_FACTS: Final[dict[str, tuple[int, str]]] = {
    "Prospecting": (10, "Pipeline"), "Qualification": (10, "Pipeline"),
    "Needs Analysis": (20, "Pipeline"), "Value Proposition": (50, "Pipeline"),
    "Id. Decision Makers": (60, "Pipeline"), "Perception Analysis": (70, "Pipeline"),
    "Proposal/Price Quote": (75, "Pipeline"), "Negotiation/Review": (90, "Pipeline"),
    "Closed Won": (100, "Closed"), "Closed Lost": (0, "Omitted"),
}  # fmt: skip


def status_rows() -> Iterator[dict[str, object]]:
    """The rows an org is born with, as entries of the loader."""
    yield from _rows(TASK_STATUS, TASK, "Status", IsClosed=tuple(CLOSED_STATUSES))
    yield from _rows(TASK_PRIORITY, TASK, "Priority", IsHighPriority=("High",))
    yield from _rows(CASE_STATUS, CASE, "Status", IsClosed=("Closed",))
    yield from _rows(LEAD_STATUS, LEAD, "Status", IsConverted=("Closed - Converted",))
    for row in _rows(
        OPPORTUNITY_STAGE, OPPORTUNITY, "StageName",
        IsClosed=("Closed Won", "Closed Lost"), IsWon=("Closed Won",),
    ):  # fmt: skip
        fields = row["fields"]
        if isinstance(fields, dict):
            probability, forecast = STAGE_FACTS[str(fields["ApiName"])]
            fields |= {
                "IsActive": True, "DefaultProbability": probability,
                "ForecastCategory": forecast, "ForecastCategoryName": forecast,
            }  # fmt: skip
        yield row


def _rows(
    sobject: SObject, described: SObject, field: str, **marks: tuple[str, ...]
) -> Iterator[dict[str, object]]:
    values = described.by_name[field.lower()].picklist
    for at, each in enumerate(values, start=1):
        yield {
            "sobject": sobject.name,
            "fields": {
                "MasterLabel": each.label, "ApiName": each.value, "SortOrder": at,
                "IsDefault": each.default,
                **{name: each.value in marked for name, marked in marks.items()},
            },
        }  # fmt: skip
