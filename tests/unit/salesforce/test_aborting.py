"""Jobs that are stopped, where the emulator would not be odd enough."""

import pytest

from syncline.errors import ConfigurationError, RetryableError
from tests.unit.salesforce.scripted import Asked, Said, ScriptedOrg, refused

JOB = "7501"
CURSOR = {"via": "ingest", "jobs": [{"id": JOB, "rows": 3, "state": "InProgress"}], "types": {}}


def answering(org: ScriptedOrg, refusal: Said, state: str) -> None:
    """The job refuses to be stopped; asked for, it is in that state."""

    def job(asked: Asked) -> Said:
        return refusal if asked.method == "PATCH" else Said(body={"state": state})

    org.route(f"jobs/ingest/{JOB}", job)


@pytest.mark.parametrize("state", ["JobComplete", "Failed", "Aborted", "Open"])
def test_a_job_that_does_nothing_more_is_let_be(org: ScriptedOrg, state: str) -> None:
    answering(org, refused(400, "INVALIDJOBSTATE"), state)

    org.crm().abandon(CURSOR)

    assert [each.method for each in org.asked] == ["PATCH", "GET"]


@pytest.mark.parametrize("state", ["UploadComplete", "InProgress"])
def test_a_job_that_works_on_is_told(org: ScriptedOrg, state: str) -> None:
    answering(org, refused(403, "INSUFFICIENT_ACCESS"), state)

    with pytest.raises(ConfigurationError):
        org.crm().abandon(CURSOR)


def test_a_job_that_is_known_to_have_ended_costs_nothing(org: ScriptedOrg) -> None:
    org.crm().abandon({**CURSOR, "jobs": [{"id": JOB, "rows": 3, "state": "JobComplete"}]})

    assert org.asked == []


def test_an_org_that_does_not_answer_is_told(org: ScriptedOrg) -> None:
    org.script = [Said(503, "unavailable")] * 9

    with pytest.raises(RetryableError):
        org.crm().abandon(CURSOR)
