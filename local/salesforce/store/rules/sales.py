"""Opportunities and campaign members: what stages and members compute.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_opportunity.htm
"""

from __future__ import annotations

from datetime import date
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.store.rules.saving import Saving

_OF_PERSON: Final = (
    "Name", "FirstName", "LastName", "Salutation", "Title", "Email", "Phone", "Fax", "MobilePhone",
    "LeadSource", "Description",
)  # fmt: skip
_LEAD_ADDRESS: Final = ("Street", "City", "State", "PostalCode", "Country")


def opportunity(saving: Saving) -> None:
    """Closed, won, forecast and, unless given, the probability follow from the stage."""
    row = saving.row
    stage = saving.ground.references.value_of("OpportunityStage", row.get("StageName"))
    row["IsClosed"], row["IsWon"] = stage.get("IsClosed") or 0, stage.get("IsWon") or 0
    row["ForecastCategory"] = stage.get("ForecastCategory") or "Pipeline"
    if "ForecastCategoryName" not in saving.given:
        row["ForecastCategoryName"] = stage.get("ForecastCategoryName") or "Pipeline"
    if saving.changes("StageName"):
        if "Probability" not in saving.given:
            row["Probability"] = stage.get("DefaultProbability")
        if saving.before is not None:
            row["LastStageChangeDate"] = saving.ground.now
    _expected(saving)
    _fiscal(saving)


def _expected(saving: Saving) -> None:
    amount, probability = saving.row.get("Amount"), saving.row.get("Probability")
    known = amount is not None and probability is not None
    saving.row["ExpectedRevenue"] = (
        round(float(amount or 0) * float(probability or 0) / 100, 2) if known else None
    )


def _fiscal(saving: Saving) -> None:
    """The fiscal year is the calendar year, as in a new org."""
    close = saving.row.get("CloseDate")
    if close is None or not saving.changes("CloseDate"):
        return
    day = date.fromisoformat(str(close))
    quarter = (day.month + 2) // 3
    saving.row["FiscalYear"], saving.row["FiscalQuarter"] = day.year, quarter
    saving.row["Fiscal"] = f"{day.year} {quarter}"


def campaign_member(saving: Saving) -> None:
    """Name, address and the like are those of the lead or contact; one may be there once."""
    row, references = saving.row, saving.ground.references
    person = str(row.get("ContactId") or row.get("LeadId") or "")
    if not person:
        raise ApiError(Kind.REQUIRED_FIELD, fields=("LeadId",), names="LeadId")
    if saving.before is None and references.is_member(person, row.get("CampaignId")):
        raise ApiError(Kind.ALREADY_MEMBER)
    lead = person.startswith("00Q")
    for name in _OF_PERSON:
        row[name] = references.value(person, name)
    for name in _LEAD_ADDRESS:
        row[name] = references.value(person, name if lead else f"Mailing{name}")
    row["Type"], row["LeadOrContactId"] = ("Lead" if lead else "Contact"), person
    row["LeadOrContactOwnerId"] = references.value(person, "OwnerId")
    row["CompanyOrAccount"] = _company(saving, person)
    row["HasResponded"] = int(row.get("Status") == "Responded")
    if row["HasResponded"] and row.get("FirstRespondedDate") is None:
        row["FirstRespondedDate"] = saving.ground.now[:10]


def _company(saving: Saving, person: str) -> str | None:
    if person.startswith("00Q"):
        found = saving.ground.references.value(person, "Company")
    else:
        account = saving.ground.references.value(person, "AccountId")
        found = saving.ground.references.value(str(account), "Name") if account else None
    return None if found is None else str(found)
