"""Salesforce as data: what the engine must know of it, and its job kinds."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from syncline.engine.dialect import Dialect
from syncline.kinds import (
    accounts,
    campaign_touches,
    tasks,
    touchpoints,
    users,
)
from syncline.kinds.activities import LEAD, prepared_task
from syncline.kinds.campaign_touches import prepared_touch
from syncline.kinds.events import prepared_event
from syncline.kinds.kind import Conversion, Direction, Kind
from syncline.kinds.salesforce_ids import SalesforceIds

DIALECT: Final = Dialect(
    name="salesforce",
    title="Salesforce",
    ids=SalesforceIds(),
    id_field="Id",
    modified_field="LastModifiedDate",
    stamped=(
        "createddate", "createdby", "lastmodifieddate", "lastmodifiedby", "systemmodstamp",
        "lastactivitydate",
    ),
    system=frozenset({
        "id", "isdeleted", "masterrecordid", "createdbyid", "createddate", "lastmodifiedbyid",
        "lastmodifieddate", "systemmodstamp", "lastactivitydate", "lastvieweddate",
        "lastreferenceddate",
    }),
    people=("User", "Contact"),
    deletions_told=timedelta(days=14),
    texts=frozenset({"email", "name", "username", "firstname", "lastname", "alias", "phone"}),
    composed=dict.fromkeys(
        (("user", "name"), ("contact", "name"), ("lead", "name")), ("FirstName", "LastName")
    ),
)  # fmt: skip
"""Its recycle bin and its log of deletions tell of some 15 days. Its system fields:
https://developer.salesforce.com/docs/atlas.en-us.228.0.object_reference.meta/object_reference/system_fields.htm.
The name of a person is put together, and compound fields are written by their parts:
https://developer.salesforce.com/docs/atlas.en-us.222.0.api.meta/api/compound_fields.htm."""

_PEOPLE: Final = MappingProxyType({"OwnerId": ("User", "Email"), "WhoId": ("Contact", "Email")})
_OWNER: Final = MappingProxyType({"OwnerId": ("User", "Email")})
_LEAD: Final = Conversion(
    "Lead",
    prefix=LEAD,
    field="ConvertedAccountId",
    done="IsConverted = true",
    open="IsConverted = false",
)
"""https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_lead.htm"""
_NEEDED: Final = frozenset({"OwnerId"})
_TAKES_NO_LEAD: Final = "Salesforce takes no lead beside an account"
_ASKED: Final = ("Type", "IsAllDayEvent")
_EVENT_DATES: Final = ("ActivityDate", "StartDateTime", "ActivityDateTime")

KINDS: Final = (
    Kind(
        name="accounts_inbound",
        direction=Direction.INBOUND,
        object="account",
        crm_object="Account",
        lines=accounts.INBOUND,
        mandatory=(("name",),),
        counterpart="accounts_outbound",
        converted=_LEAD,
    ),
    Kind(
        name="accounts_outbound",
        direction=Direction.OUTBOUND,
        object="account",
        crm_object="Account",
        lines=accounts.OUTBOUND,
        mandatory=(("name",),),
        counterpart="accounts_inbound",
        creates=False,
        people=_OWNER,
        needed_people=_NEEDED,
    ),
    Kind(
        name="users_inbound",
        direction=Direction.INBOUND,
        object="user",
        crm_object="Contact",
        lines=users.INBOUND,
        mandatory=(("email",),),
        parent="account_id",
        parent_object="account",
    ),
    Kind(
        name="tasks_inbound",
        direction=Direction.INBOUND,
        object="task",
        crm_object="Task",
        lines=tasks.INBOUND,
        mandatory=(("title",),),
        parent="account_id",
        parent_object="account",
        counterpart="tasks_outbound",
        deletes=True,
    ),
    Kind(
        name="tasks_outbound",
        direction=Direction.OUTBOUND,
        object="task",
        crm_object="Task",
        lines=tasks.OUTBOUND,
        parent="account_id",
        parent_object="account",
        counterpart="tasks_inbound",
        deletes=True,
        crm_parent="WhatId",
        crm_parent_not=LEAD,
        create_only=frozenset({"WhatId"}),
        people=_PEOPLE,
        needed_people=_NEEDED,
        prepare=prepared_task,
        passes_over=_TAKES_NO_LEAD,
    ),
    Kind(
        name="touchpoints_inbound",
        direction=Direction.INBOUND,
        object="touchpoint",
        crm_object="Event",
        lines=touchpoints.INBOUND,
        mandatory=(("subject", "content"),),
        parent="account_id",
        parent_object="account",
        counterpart="touchpoints_outbound",
        deletes=True,
        frozen=frozenset({"participants"}),
        participants=("participants", "Who"),
    ),
    Kind(
        name="touchpoints_outbound",
        direction=Direction.OUTBOUND,
        object="touchpoint",
        crm_object="Event",
        lines=touchpoints.OUTBOUND,
        parent="account_id",
        parent_object="account",
        counterpart="touchpoints_inbound",
        deletes=True,
        crm_parent="WhatId",
        crm_parent_not=LEAD,
        create_only=frozenset({"OwnerId", "WhatId"}),
        people=_PEOPLE,
        needed_people=_NEEDED,
        targets=(_EVENT_DATES,),
        prepare=prepared_event,
        passes_over=_TAKES_NO_LEAD,
        asked_of_fields=_ASKED,
    ),
    Kind(
        name="campaign_touches_outbound",
        direction=Direction.OUTBOUND,
        object="campaign_touch",
        crm_object="Event",
        lines=campaign_touches.OUTBOUND,
        mandatory=(("start_date",),),
        parent="account_id",
        parent_object="account",
        crm_parent="WhatId",
        crm_parent_not=LEAD,
        create_only=frozenset({"OwnerId", "WhatId"}),
        people=_PEOPLE,
        needed_people=_NEEDED,
        targets=(("ActivityDate",),),
        always_new=True,
        prepare=prepared_touch,
        passes_over=_TAKES_NO_LEAD,
        asked_of_fields=_ASKED,
    ),
)
