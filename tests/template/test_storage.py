"""Tables, the bucket and logs: encrypted, recoverable, and nothing kept for ever by accident."""

import pytest

from tests.template.conftest import Stack

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


def test_the_bucket_forgets_runs_plans_and_broken_uploads(stack: Stack) -> None:
    rules = stack.of("AWS::S3::Bucket")["JournalBucket"]["LifecycleConfiguration"]["Rules"]
    by_prefix = {rule.get("Prefix", ""): rule for rule in rules}

    assert {prefix for prefix, rule in by_prefix.items() if "ExpirationInDays" in rule} == {
        "runs/",
        "plans/",
        "changes/",
    }
    assert by_prefix[""]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


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
