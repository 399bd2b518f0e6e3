"""Users: the default mapping of contacts (J2, J6), whose e-mail is both key and attribute."""

from typing import Final

from syncline.kinds.lines import DefaultLine

INBOUND: Final = (
    DefaultLine("AccountId", "account_id", key=True),
    DefaultLine("Email", "external_id", key=True),
    DefaultLine("Email", "email"),
    DefaultLine("FirstName", "first_name"),
    DefaultLine("LastName", "last_name"),
    DefaultLine("Phone", "phone"),
    DefaultLine("Title", "title"),
    DefaultLine("CreatedDate", "create_date"),
    DefaultLine("LastModifiedDate", "last_update_date"),
)
"""Nothing feeds the role: it stands at a contact's relations to accounts, or in a field such as
BuyerAttributes that only some orgs have. AccountId is empty of a private contact, and can change.
https://developer.salesforce.com/docs/atlas.en-us.250.0.object_reference.meta/object_reference/sforce_api_objects_contact.htm
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_accountcontactrole.htm"""
