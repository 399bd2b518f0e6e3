"""Somebody at work in Salesforce: changes made over HTTPS with the unmodified client library."""

from __future__ import annotations

from typing import Any, Final

import requests
from simple_salesforce.api import Salesforce

from local.salesforce.running import Running

_VERSION: Final = "62.0"


class Seller:
    """Signs in to a running emulator and edits records as any client would."""

    def __init__(self, salesforce: Running) -> None:
        session = requests.Session()
        session.verify = salesforce.ca
        session.trust_env = False
        self._client = Salesforce(
            instance_url=salesforce.https,
            session_id=salesforce.session_id(),
            version=_VERSION,
            session=session,
        )

    def create(self, sobject: str, **fields: Any) -> str:
        """The new record's id. SalesforceError with Salesforce's words if it is refused."""
        answer: dict[str, Any] = getattr(self._client, sobject).create(fields)
        return str(answer["id"])

    def change(self, sobject: str, record_id: str, **fields: Any) -> None:
        getattr(self._client, sobject).update(record_id, fields)

    def delete(self, sobject: str, record_id: str) -> None:
        getattr(self._client, sobject).delete(record_id)

    def count(self, sobject: str) -> int:
        """Live records, archived ones too."""
        soql = f"SELECT COUNT() FROM {sobject} WHERE IsDeleted = false"  # noqa: S608 our own word
        return int(self._client.query(soql, include_deleted=True)["totalSize"])

    def find(self, soql: str) -> list[dict[str, Any]]:
        """The records of a query, all pages."""
        found: list[dict[str, Any]] = self._client.query_all(soql)["records"]
        return found
