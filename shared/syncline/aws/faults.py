"""What an error of AWS means for the caller: the one place that knows its codes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from syncline.errors import ConfigurationError, InvariantError, RetryableError, SyncError

CONDITION_FALSE: Final = frozenset(
    {"ConditionalCheckFailed", "ConditionalCheckFailedException", "DuplicateItem",
     "DuplicateItemException"}
)  # fmt: skip
"""Somebody else wrote first. The short forms stand in batches and transactions:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html"""

PASSING: Final = frozenset(
    {
        "InternalFailure", "InternalServerError", "InternalServerException", "InternalServiceError",
        "LimitExceededException", "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
        "RequestTimeout", "ServiceUnavailable", "ServiceUnavailableException", "SlowDown",
        "Throttling", "ThrottlingError", "ThrottlingException", "TooManyRequestsException",
        "TransactionConflict", "TransactionConflictException", "TransactionInProgressException",
    }
)  # fmt: skip
"""The same call may succeed later."""

_REMEDIES: Final = {
    "AWS.SimpleQueueService.NonExistentQueue": "Deploy the template again: a queue is missing.",
    "AccessDenied": "Grant the function's role the action, or deploy the template again.",
    "AccessDeniedException": "Grant the function's role the action, or deploy the template again.",
    "NoSuchBucket": "Deploy the template again: the bucket of this stage is missing.",
    "NotFound": "Deploy the template again: the topic of this stage is missing.",
    "NotFoundException": "Deploy the template again: the topic of this stage is missing.",
    "ResourceNotFound": "Deploy the template again: a table of this stage is missing.",
    "ResourceNotFoundException": "Deploy the template again: something of this stage is missing.",
    "ExpiredTokenException": "Give the process fresh AWS credentials.",
    "UnrecognizedClientException": "Give the process valid AWS credentials.",
}


def code_of(fault: ClientError) -> str:
    return fault.response.get("Error", {}).get("Code", "")


def fault(code: str, message: str, doing: str) -> SyncError:
    """The error that tells the caller what to do next."""
    told = f"AWS refused {doing}: {code}: {message}"
    if code in PASSING:
        return RetryableError(told, code="aws_unavailable")
    remedy = _REMEDIES.get(code)
    if remedy is not None:
        return ConfigurationError(told, code="aws_refused", remedy=remedy)
    return InvariantError(told, code="aws_refused")


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turns the errors of AWS clients into ours. `doing` says what was tried, without values."""
    try:
        yield
    except ClientError as exc:
        message = exc.response.get("Error", {}).get("Message", "")
        raise fault(code_of(exc), message, doing) from exc
    except BotoCoreError as exc:
        raise RetryableError(
            f"AWS could not be asked for {doing}: {exc}", code="aws_unreachable"
        ) from exc
