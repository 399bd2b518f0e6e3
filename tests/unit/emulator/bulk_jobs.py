"""Bulk 2.0 jobs as a test makes them, in one process."""

import csv
import io
import json
from typing import Any

from local.salesforce.http.messages import Answer
from local.salesforce.inprocess import Api

Row = dict[str, str]


def create(api: Api, sobject: str, operation: str, **more: str) -> str:
    status, body = api.call(
        "POST", "jobs/ingest", {"object": sobject, "operation": operation, **more}
    )
    assert status == 200, body
    return str(body["id"])


def put(api: Api, job: str, content: str | bytes) -> Answer:
    data = content.encode() if isinstance(content, str) else content
    headers = {"content-type": "text/csv"}
    return api.send("PUT", f"jobs/ingest/{job}/batches", body=data, headers=headers)


def control(api: Api, path: str, **body: object) -> Any:
    status, answer = api.call("POST", f"/__emulator__/{path}", body)
    assert status in (200, 204), answer
    return answer


def refusal(answer: Answer) -> tuple[int, str, str]:
    (error,) = json.loads(answer.content())
    return answer.status, error["errorCode"], error["message"]


def close(api: Api, job: str) -> dict[str, Any]:
    status, body = api.call("PATCH", f"jobs/ingest/{job}", {"state": "UploadComplete"})
    assert status == 200, body
    found: dict[str, Any] = body
    return found


def uploaded(api: Api, sobject: str, operation: str, content: str, **more: str) -> str:
    """A job that was closed and waits for its first look."""
    job = create(api, sobject, operation, **more)
    assert put(api, job, content).status == 201
    close(api, job)
    return job


def ended(api: Api, job: str) -> dict[str, Any]:
    """What the job says at its end."""
    for _ in range(10):
        _, body = api.call("GET", f"jobs/ingest/{job}")
        if body["state"] in ("JobComplete", "Failed", "Aborted"):
            found: dict[str, Any] = body
            return found
    raise AssertionError(body)


def run(api: Api, sobject: str, operation: str, content: str, **more: str) -> "Outcome":
    """A whole job."""
    job = uploaded(api, sobject, operation, content, **more)
    info = ended(api, job)
    return Outcome(api, job, info)


def text(answer: Answer) -> str:
    assert answer.stream is not None, answer.body
    return b"".join(answer.stream).decode()


class Outcome:
    """What is left of a job that ended."""

    def __init__(self, api: Api, job: str, info: dict[str, Any]) -> None:
        self.api = api
        self.job = job
        self.info = info

    def raw(self, which: str) -> str:
        return text(self.api.send("GET", f"jobs/ingest/{self.job}/{which}"))

    def rows(self, which: str) -> list[Row]:
        return list(csv.DictReader(io.StringIO(self.raw(which), newline="")))

    @property
    def good(self) -> list[Row]:
        return self.rows("successfulResults/")

    @property
    def bad(self) -> list[Row]:
        return self.rows("failedResults/")

    @property
    def left(self) -> list[Row]:
        return self.rows("unprocessedrecords/")

    @property
    def errors(self) -> list[str]:
        return [each["sf__Error"] for each in self.bad]
