"""The Bulk jobs of a scripted org: their states one poll after the other, and their pages."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from tests.unit.salesforce.scripted import Asked, Said, field_of, task_id

FIELDS = (
    field_of("Subject"),
    field_of("Calls__c", "int"),
    field_of("Done__c", "boolean"),
    field_of("Amount__c", "currency"),
)
COLUMNS = (
    "Subject",
    "Calls__c",
    "Done__c",
    "Amount__c",
    "Id",
    "SystemModstamp",
    "LastModifiedDate",
)


def csv_of(*subjects: str, start: int = 1) -> str:
    out = io.StringIO()
    write = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    write.writerow(COLUMNS)
    for at, subject in enumerate(subjects, start=start):
        stamp = "2026-01-01T11:00:00.000Z"
        write.writerow([subject, "3", "true", "5.0", task_id(at), stamp, stamp])
    return out.getvalue()


@dataclass
class Jobs:
    states: list[dict[str, Any]] = field(default_factory=list)
    pages: dict[str, Said] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    refusals: list[Said] = field(default_factory=list)

    def create(self, asked: Asked) -> Said:
        if self.refusals:
            return self.refusals.pop(0)
        self.made.append(asked.body)
        return Said(body={"id": f"750{len(self.made)}", "state": "UploadComplete"})

    def poll(self, asked: Asked) -> Said:
        state = self.states.pop(0) if self.states else {"state": "JobComplete"}
        return Said(body={"numberRecordsProcessed": 3, **state})

    def results(self, asked: Asked) -> Said:
        return self.pages[asked.query.get("locator", "")]


def page_of(text: str, count: int, locator: str = "null", **more: Any) -> Said:
    headers = {"Sforce-NumberOfRecords": str(count), "Sforce-Locator": locator}
    return Said(200, text, {**headers, "Content-Type": "text/csv"}, **more)
