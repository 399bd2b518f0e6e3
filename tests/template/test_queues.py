"""Queues, what reads them, and what happens to a message that nobody can handle."""

import pytest

from tests.template.conftest import Json, Stack

MAPPING = "AWS::Lambda::EventSourceMapping"


@pytest.fixture
def working(stack: Stack) -> dict[str, Json]:
    """The queues that functions read."""
    queues = stack.of("AWS::SQS::Queue")
    return {name: each for name, each in queues.items() if "DeadLetter" not in name}


def test_every_mapping_reports_single_failures(stack: Stack) -> None:
    for name, mapping in stack.of(MAPPING).items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_every_working_queue_is_read_by_one_function(
    stack: Stack, working: dict[str, Json]
) -> None:
    read = [stack.target(each["EventSourceArn"]) for each in stack.of(MAPPING).values()]

    assert sorted(read) == sorted(working)


def test_every_working_queue_has_a_dead_letter_queue_of_its_own(
    stack: Stack, working: dict[str, Json]
) -> None:
    dead = [stack.target(each["RedrivePolicy"]["deadLetterTargetArn"]) for each in working.values()]

    assert sorted(dead) == sorted(set(stack.of("AWS::SQS::Queue")) - set(working))


def test_dead_letters_are_kept_longest(stack: Stack, working: dict[str, Json]) -> None:
    for name, queue in stack.of("AWS::SQS::Queue").items():
        if name not in working:
            assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600, name


def test_every_queue_is_encrypted(stack: Stack) -> None:
    assert all(each["SqsManagedSseEnabled"] for each in stack.of("AWS::SQS::Queue").values())


def test_a_message_stays_hidden_for_six_time_outs_and_the_window(stack: Stack) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    for name, mapping in stack.of(MAPPING).items():
        timeout = stack.functions[stack.target(mapping["FunctionName"])]["Timeout"]
        window = mapping.get("MaximumBatchingWindowInSeconds", 0)
        queue = stack.of("AWS::SQS::Queue")[stack.target(mapping["EventSourceArn"])]

        assert queue["VisibilityTimeout"] >= 6 * timeout + window, name


def test_bulk_begins_within_two_minutes_and_the_other_at_once(stack: Stack) -> None:
    """W8: twenty seconds are left, for taking up the changes and starting the run."""
    windows = {
        stack.target(each["EventSourceArn"]): each.get("MaximumBatchingWindowInSeconds", 0)
        for each in stack.of(MAPPING).values()
    }

    assert windows == {"WriteBackQueue": 0, "BulkWriteBackQueue": 100}


def test_the_number_of_functions_that_read_a_queue_is_bounded(stack: Stack) -> None:
    for name, mapping in stack.of(MAPPING).items():
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2, name


def test_every_queue_has_its_alarm(stack: Stack, working: dict[str, Json]) -> None:
    watched = {
        stack.target(alarm["Dimensions"][0]["Value"]): alarm["MetricName"]
        for alarm in stack.of("AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] == "AWS/SQS"
    }

    assert watched == {
        name: "ApproximateAgeOfOldestMessage"
        if name in working
        else "ApproximateNumberOfMessagesVisible"
        for name in stack.of("AWS::SQS::Queue")
    }
