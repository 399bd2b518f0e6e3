"""Tables, the bucket and logs: encrypted, recoverable, and nothing kept for ever by accident."""

import re
from pathlib import Path

import pytest

from syncline.store import bodies, journal
from syncline.store.bodies import BucketBodies
from syncline.store.journal import BucketJournal
from tests.template.conftest import Stack
from tests.template.test_policies import documents, listed

WRITTEN = {journal.PREFIX, bodies.PREFIX}
PLACES = tuple(f"/{prefix}*'}}" for prefix in WRITTEN)
TABLES = ["RecordsTable", "CrossReferencesTable", "RunsTable", "ConfigurationTable"]


def test_there_are_just_these_tables(stack: Stack) -> None:
    assert sorted(stack.of("AWS::DynamoDB::Table")) == sorted(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_encrypted_recoverable_and_on_demand(stack: Stack, name: str) -> None:
    table = stack.of("AWS::DynamoDB::Table")[name]
    keys = [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]]

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"]["SSEEnabled"]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert keys == [("pk", "HASH"), ("sk", "RANGE")]


def test_a_replaced_table_or_bucket_is_not_thrown_away(stack: Stack) -> None:
    for name in [*TABLES, "JournalBucket"]:
        assert stack.resources[name]["UpdateReplacePolicy"] == "Retain", name


def test_runs_and_trails_are_forgotten_by_time(stack: Stack) -> None:
    tables = stack.of("AWS::DynamoDB::Table")
    forgetting = {n: t.get("TimeToLiveSpecification") for n, t in tables.items()}

    by_time = {"AttributeName": "expires_at", "Enabled": True}
    assert {name: each for name, each in forgetting.items() if each} == {
        "RunsTable": by_time,
        "CrossReferencesTable": by_time,
    }


def test_the_indexes_of_records_are_sparse_and_hold_keys_only(stack: Stack) -> None:
    indexes = stack.of("AWS::DynamoDB::Table")["RecordsTable"]["GlobalSecondaryIndexes"]

    keys = {each["IndexName"]: [k["AttributeName"] for k in each["KeySchema"]] for each in indexes}
    assert keys == {"changes": ["feed", "changed_at"], "waiting": ["waiting", "waits_since"]}
    assert all(each["Projection"] == {"ProjectionType": "KEYS_ONLY"} for each in indexes)


def test_the_bucket_is_private_and_encrypted(stack: Stack) -> None:
    bucket = stack.of("AWS::S3::Bucket")["JournalBucket"]

    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["BucketEncryption"]


def test_bucket_forgets_just_what_is_written(stack: Stack, root: Path) -> None:
    rules = stack.of("AWS::S3::Bucket")["JournalBucket"]["LifecycleConfiguration"]["Rules"]
    by_prefix = {rule.get("Prefix", ""): rule for rule in rules}
    expiring = {prefix for prefix, rule in by_prefix.items() if "ExpirationInDays" in rule}
    keys = _written_keys()
    writers = [each for each in (root / "shared").rglob("*.py") if _writes(each.read_text())]

    assert [each.stem for each in writers] == ["objects"]
    assert {f"{key.partition('/')[0]}/" for key in keys} == expiring == WRITTEN
    assert by_prefix[""]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def _writes(source: str) -> bool:
    return (
        re.search(r"\.(put_object|upload_\w+|copy\w*_object|create_multipart_upload)\(", source)
        is not None
    )


def _written_keys() -> list[str]:
    """Of a run's journal, of what it keeps aside, and of what a person decides."""
    client = _Bucket()
    runs = BucketJournal(client, "journal")  # type: ignore[arg-type]
    for run in ("tasks.1", "tasks.1.suspects", "conflicts.2026"):
        runs.put("acme", run, "00000000/00", {"actions": []})
    BucketBodies(client, "journal", workspace="acme").put("b1", {})  # type: ignore[arg-type]
    return client.keys


class _Bucket:
    def __init__(self) -> None:
        self.keys: list[str] = []

    def put_object(self, *, Key: str, **_: object) -> None:  # noqa: N803 - as boto3 spells it
        self.keys.append(Key)


def test_functions_reach_only_what_is_written(stack: Stack) -> None:
    for name, statement in documents(stack):
        if "s3:PutObject" in listed(statement["Action"]):
            assert str(statement["Resource"]).endswith(PLACES), name


def test_one_setting_rules_all_history(stack: Stack) -> None:
    rules = stack.of("AWS::S3::Bucket")["JournalBucket"]["LifecycleConfiguration"]["Rules"]
    kept = [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule]
    for function in stack.functions.values():
        variables = function["Environment"]["Variables"]
        kept += [variables["HISTORY_DAYS"]] if "HISTORY_DAYS" in variables else []

    assert len(kept) > 10
    assert all(each == {"Ref": "HistoryDays"} for each in kept)


def test_the_bucket_is_reached_over_tls_only(stack: Stack) -> None:
    policy = stack.of("AWS::S3::BucketPolicy")["JournalBucketPolicy"]["PolicyDocument"]

    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_function_logs_to_a_group_that_forgets(stack: Stack) -> None:
    groups = stack.of("AWS::Logs::LogGroup")

    assert all("RetentionInDays" in group for group in groups.values())
    for name, function in stack.functions.items():
        assert function["LoggingConfig"]["LogGroup"] == {"Ref": f"{name}Logs"}, name
        assert f"{name}Logs" in groups


def test_every_function_has_its_alarms(stack: Stack) -> None:
    watched = {
        (alarm["MetricName"], stack.target(alarm["Dimensions"][0]["Value"]))
        for alarm in stack.of("AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == "AWS/Lambda"
    }

    assert watched == {(m, name) for m in ("Errors", "Throttles") for name in stack.functions}


def test_every_alarm_tells_someone(stack: Stack) -> None:
    for name, alarm in stack.of("AWS::CloudWatch::Alarm").items():
        assert alarm["AlarmActions"] == [{"Ref": "NotificationsTopic"}], name
        assert alarm["TreatMissingData"] == "notBreaching", name


def test_failed_runs_are_counted_where_the_functions_count_them(stack: Stack) -> None:
    alarm = stack.of("AWS::CloudWatch::Alarm")["RunsFailedAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("Syncline", "RunsFailed")
    for name, function in stack.functions.items():
        variables = function["Environment"]["Variables"]
        dimension = {"Name": "service", "Value": variables["POWERTOOLS_SERVICE_NAME"]}
        assert alarm["Dimensions"] == [dimension], name
