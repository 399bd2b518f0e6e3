"""What the Journal port promises."""

import pytest

from syncline.errors import ConfigurationError
from syncline.ports import Journal
from syncline.store.journal import BucketJournal
from tests.contract.aws_cloud import AwsCloud
from tests.contract.cloud import Cloud

ENTRY = {"read": 2, "actions": [{"key": "Ü🙂", "n": 1.5, "none": None}]}


@pytest.fixture
def journal(cloud: Cloud) -> Journal:
    return cloud.journal


def test_the_first_entry_of_a_name_stays(journal: Journal) -> None:
    assert journal.put("acme", "tasks.1", "00000001/00", ENTRY) == ENTRY
    assert journal.put("acme", "tasks.1", "00000001/00", {"other": 1}) == ENTRY

    assert journal.get("acme", "tasks.1", "00000001/00") == ENTRY


def test_nothing_crosses_runs_or_workspaces(journal: Journal) -> None:
    journal.put("acme", "tasks.1", "a", ENTRY)

    assert journal.get("beta", "tasks.1", "a") is None
    assert journal.get("acme", "tasks.11", "a") is None
    assert journal.get("acme", "tasks.1", "b") is None
    assert journal.names("acme", "tasks.11") == []
    assert journal.names("acme", "tasks.") == []


def test_names_come_in_order_and_in_parts(journal: Journal) -> None:
    names = ["00000000/00", "00000000/01", "00000002/00", "00000010/00"]
    for name in reversed(names):
        journal.put("acme", "tasks.1", name, {"name": name})

    assert journal.names("acme", "tasks.1") == names
    assert journal.names("acme", "tasks.1", limit=3) == names[:3]
    assert journal.names("acme", "tasks.1", after=names[1], limit=5) == names[2:]
    assert journal.names("acme", "tasks.1", after="00000001/00") == names[2:]


def test_an_entry_may_be_larger_than_an_item(journal: Journal) -> None:
    large = {"text": "x" * 1_000_000}

    assert journal.put("acme", "tasks.1", "a", large) == large
    assert journal.get("acme", "tasks.1", "a") == large


def test_equal_entries_are_equal_bytes_and_compressed(aws_cloud: AwsCloud) -> None:
    for name in ("a", "b"):
        aws_cloud.journal.put("acme", "tasks.1", name, {"text": "x" * 10_000})

    bodies = [
        aws_cloud.clients.s3.get_object(
            Bucket=aws_cloud.bucket, Key=f"runs/acme/tasks.1/{name}.json.gz"
        )["Body"].read()
        for name in ("a", "b")
    ]

    assert bodies[0] == bodies[1]
    assert len(bodies[0]) < 200


def test_a_missing_bucket_is_a_matter_of_deployment(aws_cloud: AwsCloud) -> None:
    journal = BucketJournal(aws_cloud.clients.s3, "no-such-bucket")

    with pytest.raises(ConfigurationError) as refused:
        journal.put("acme", "tasks.1", "a", ENTRY)

    assert "bucket" in (refused.value.remedy or "")
