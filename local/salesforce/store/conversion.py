# ruff: noqa: S608  names in SQL come from the schema, values are always parameters
"""Lead conversion: an account, a contact and perhaps an opportunity out of one lead.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_convertlead.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from local.salesforce.errors import ApiError, Kind
from local.salesforce.schema.types import ACTIVITIES, SObject
from local.salesforce.store.children import IN_LIST, as_list
from local.salesforce.store.database import Value
from local.salesforce.store.intake import Row
from local.salesforce.store.removal import Removal
from local.salesforce.store.writer import Writer
from local.salesforce.values import store_datetime

_ADDRESS: Final = ("Street", "City", "State", "PostalCode", "Country")
_TO_ACCOUNT: Final = {
    "Company": "Name", "Phone": "Phone", "Fax": "Fax", "Website": "Website",
    "Industry": "Industry", "Rating": "Rating", "AnnualRevenue": "AnnualRevenue",
    "NumberOfEmployees": "NumberOfEmployees", "LeadSource": "AccountSource",
    **{part: f"Billing{part}" for part in _ADDRESS},
}  # fmt: skip
_TO_CONTACT: Final = {
    **{name: name for name in ("LastName", "FirstName", "Salutation", "Title", "Phone", "Fax",
                               "MobilePhone", "Email", "LeadSource", "Description")},
    **{part: f"Mailing{part}" for part in _ADDRESS},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a conversion is asked for; `opportunity` is a name, or None for no opportunity."""

    lead: str
    status: str | None = None
    account: str | None = None
    contact: str | None = None
    opportunity: str | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """Converts with a writer and a removal of one moment."""

    writer: Writer
    removal: Removal

    def convert(self, wanted: Wanted) -> dict[str, str | None]:
        """Ids of the account, contact and opportunity; the lead is read-only from now on."""
        lead = self.writer.find(self._object("Lead"), wanted.lead)
        if lead["IsConverted"]:
            raise ApiError(Kind.CONVERTED_LEAD)
        if not str(lead["OwnerId"]).startswith("005"):
            raise ApiError(
                Kind.FIELD_INTEGRITY,
                text="Converted objects can only be owned by users.  If the lead is not owned by a"
                " user, you must specify a user for the Owner field.",
            )
        status = self._status(wanted.status)
        owner = {"OwnerId": lead["OwnerId"]}
        account = self._filled("Account", wanted.account, lead) or self._made(
            "Account", _TO_ACCOUNT, lead, owner
        )
        of_account = {**owner, "AccountId": account}
        contact = self._filled("Contact", wanted.contact, lead) or self._made(
            "Contact", _TO_CONTACT, lead, of_account
        )
        opportunity = self._opportunity(wanted.opportunity, lead, of_account, contact)
        self._finish(str(lead["Id"]), status, (account, contact, opportunity))
        self._follow(str(lead["Id"]), contact, opportunity)
        return {"account": account, "contact": contact, "opportunity": opportunity}

    def _object(self, name: str) -> SObject:
        return self.writer.schema.require(name)

    def _status(self, wanted: str | None) -> str:
        found = self.writer.database.rows(
            'SELECT "ApiName" FROM "LeadStatus" WHERE "IsConverted" = 1 ORDER BY "SortOrder"'
        )
        known = [str(row[0]) for row in found]
        if wanted is None and known:
            return known[0]
        if wanted not in known:
            raise ApiError(Kind.INVALID_STATUS, fields=("Status",), value=wanted)
        return str(wanted)

    def _filled(self, name: str, record_id: str | None, lead: Row) -> str | None:
        """A record that is there takes over what it has no value for."""
        if record_id is None:
            return None
        mapping = _TO_ACCOUNT if name == "Account" else _TO_CONTACT
        row = self.writer.find(self._object(name), record_id)
        blank = {to: lead[given] for given, to in mapping.items() if row[to] is None}
        values = {to: value for to, value in blank.items() if value is not None}
        if values:
            self.writer.update(self._object(name), record_id, values)
        return str(row["Id"])

    def _made(
        self, name: str, mapping: Mapping[str, str], lead: Row, more: Mapping[str, object]
    ) -> str:
        values = {to: lead[given] for given, to in mapping.items() if lead[given] is not None}
        return self.writer.create(self._object(name), {**values, **more})

    def _opportunity(
        self, name: str | None, lead: Row, of_account: Mapping[str, object], contact: str
    ) -> str | None:
        """In the first stage, closing with the quarter, with the contact as its primary one."""
        if name is None:
            return None
        stages = self._object("Opportunity").by_name["stagename"].picklist
        opportunity = self.writer.create(
            self._object("Opportunity"),
            {
                **of_account,
                "Name": name,
                "StageName": stages[0].value,
                "CloseDate": _end_of_quarter(self._today()).isoformat(),
                "LeadSource": lead["LeadSource"],
            },
        )
        self.writer.create(
            self._object("OpportunityContactRole"),
            {"OpportunityId": opportunity, "ContactId": contact, "IsPrimary": True},
        )
        return opportunity

    def _today(self) -> date:
        return self.writer.stamp.astimezone(self.writer.zone).date()

    def _finish(self, lead: str, status: str, made: tuple[str, str, str | None]) -> None:
        now = store_datetime(self.writer.stamp)
        values: Row = {
            "Status": status, "IsConverted": 1, "ConvertedDate": self._today().isoformat(),
            "ConvertedAccountId": made[0], "ConvertedContactId": made[1],
            "ConvertedOpportunityId": made[2], "IsUnreadByOwner": 0,
            "LastModifiedDate": now, "SystemModstamp": now,
            "LastModifiedById": self.writer.user_id,
        }  # fmt: skip
        self._set("Lead", values, [lead])

    def _set(self, table: str, values: Row, ids: list[str]) -> None:
        columns = ", ".join(f'"{name}" = ?' for name in values)
        self.writer.database.run(
            f'UPDATE "{table}" SET {columns} WHERE "Id" IN {IN_LIST}',
            (*values.values(), as_list(ids)),
        )

    def _follow(self, lead: str, contact: str, opportunity: str | None) -> None:
        """Activities go to the contact and the opportunity and are stamped; members get both.

        https://help.salesforce.com/s/articleView?id=000385227 for the activities; that a campaign
        member keeps its lead beside the contact is from practice.
        """
        now = store_datetime(self.writer.stamp)
        contacts = self.writer.session.references
        account = contacts.value(opportunity or contact, "AccountId")
        for name in ACTIVITIES:
            moved: Row = {
                "WhoId": contact, "WhatId": opportunity, "AccountId": account,
                "LastModifiedDate": now, "SystemModstamp": now,
                "LastModifiedById": self.writer.user_id,
            }  # fmt: skip
            self._set(name, moved, self._with(name, "WhoId", lead))
        member: Row = {"ContactId": contact, "Type": "Contact", "LeadOrContactId": contact,
                       "SystemModstamp": now}  # fmt: skip
        self._set("CampaignMember", member, self._with("CampaignMember", "LeadId", lead))

    def _with(self, table: str, column: str, value: Value) -> list[str]:
        sql = f'SELECT "Id" FROM "{table}" WHERE "{column}" = ? AND "IsDeleted" = 0'
        self.writer.database.index_parents(sql)
        found = self.writer.database.rows(sql, (value,))
        return [str(row[0]) for row in found]


def _end_of_quarter(day: date) -> date:
    month = 3 * ((day.month - 1) // 3) + 3
    after = date(day.year + month // 12, month % 12 + 1, 1)
    return after - timedelta(days=1)
