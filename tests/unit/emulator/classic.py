"""A client of Bulk 1.0 that shows answers as they are: status, media type, text."""

import json
from dataclasses import dataclass, field
from typing import Any

from local.salesforce.inprocess import Api

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
TYPES = {"JSON": "application/json", "CSV": "text/csv", "XML": "application/xml"}


@dataclass(frozen=True)
class Reply:
    status: int
    media: str
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Classic:
    api: Api
    form: str = "JSON"
    job: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        content = body if isinstance(body, bytes) else b"" if body is None else body.encode()
        answer = self.api.send(
            method,
            f"/services/async/{self.api.version}/{path}",
            body=content,
            headers={
                "authorization": "",
                "x-sfdc-session": self.api.token,
                **self.headers,
                **headers,
            },
        )
        text = b"".join(answer.stream) if answer.stream is not None else answer.content()
        return Reply(answer.status, answer.media.partition(";")[0], text.decode())

    def open(self, operation: str, sobject: str, **more: Any) -> Reply:
        asked = {"operation": operation, "object": sobject, "contentType": self.form, **more}
        reply = self.send("POST", "job", json.dumps(asked), **{"content-type": TYPES["JSON"]})
        if reply.status == 201:
            found = self.api.org.bulk_v1.jobs
            self.job = f"job/{list(found)[-1]}"
        return reply

    def add(self, body: Any) -> str:
        """A batch; its path."""
        content = json.dumps(body) if isinstance(body, list) else body
        reply = self.send(
            "POST", f"{self.job}/batch", content, **{"content-type": TYPES[self.form]}
        )
        assert reply.status == 201, reply.text
        job = self.api.org.bulk_v1.jobs[self.job.removeprefix("job/")]
        return f"{self.job}/batch/{list(job.batches)[-1]}"

    def change(self, state: str) -> Reply:
        body = json.dumps({"state": state})
        return self.send("POST", self.job, body, **{"content-type": TYPES["JSON"]})

    def run(self, operation: str, sobject: str, body: Any, **more: Any) -> Reply:
        """Everything up to the answer of `result`, or the batchInfo of a batch that failed."""
        assert self.open(operation, sobject, **more).status == 201
        batch = self.add(body)
        info = self.send("GET", batch)
        while "InProgress" in info.text:
            info = self.send("GET", batch)
        return self.send("GET", f"{batch}/result") if "Completed" in info.text else info

    def rows(self, operation: str, sobject: str, statement: str) -> Reply:
        """The rows of a query, or the batchInfo of a batch that failed."""
        reply = self.run(operation, sobject, statement)
        if "Failed" in reply.text:
            return reply
        jobs = self.api.org.bulk_v1.jobs[self.job.removeprefix("job/")]
        batch = list(jobs.batches.values())[-1]
        return self.send("GET", f"{self.job}/batch/{batch.id}/result/{batch.result_id}")
