"""The topic that tells people and programs how runs ended."""

import json
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from syncline.aws.faults import translated
from syncline.ports import JsonObject

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SUBJECT_LENGTH: Final = 100
"""ASCII, no line breaks: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

_TEXT_BYTES: Final = 60_000
"""One message holds the text twice and is at most 256 KB."""

_FILTERED: Final = ("workspace", "job", "kind", "status", "connection")
_PROGRAMS: Final = ("sqs", "lambda", "http", "https")


class TopicNotifications:
    """The Notifications port. People's subscriptions get the text, programs' the JSON; what it
    is about is told by attributes too, for filter policies:
    https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html"""

    def __init__(self, client: "SNSClient", topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, *, subject: str, text: str, message: JsonObject) -> None:
        short = _shortened(text)
        program = json.dumps(message, ensure_ascii=False)
        bodies = {"default": short, "email": short, **dict.fromkeys(_PROGRAMS, program)}
        attributes: Any = {
            name: {"DataType": "String", "StringValue": str(message[name])}
            for name in _FILTERED
            if message.get(name)
        }
        with translated("telling the topic"):
            self._client.publish(
                TopicArn=self._topic_arn,
                Subject=ascii_subject(subject),
                Message=json.dumps(bodies, ensure_ascii=False),
                MessageStructure="json",
                MessageAttributes=attributes,
            )


def ascii_subject(subject: str) -> str:
    """What SNS takes as a subject: accents are dropped, what has no ASCII form becomes `?`."""
    plain = unicodedata.normalize("NFKD", subject)
    kept = "".join(each for each in plain if not unicodedata.combining(each))
    ascii_ = kept.encode("ascii", "replace").decode()
    printable = " ".join(ascii_.split())
    cut = "".join(each for each in printable if each.isprintable())[:SUBJECT_LENGTH].strip()
    return cut or "Syncline"


def _shortened(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= _TEXT_BYTES:
        return text
    return encoded[:_TEXT_BYTES].decode(errors="ignore") + "\n(shortened)"
