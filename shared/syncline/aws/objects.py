"""JSON documents in a bucket, compressed. Encryption at rest is the bucket's own setting, see
template.yaml."""

import gzip
import json
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from syncline.aws.faults import code_of, translated
from syncline.aws.items import compact
from syncline.ports import JsonObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SUFFIX: Final = ".json.gz"
_LEVEL: Final = 6
_REFUSED: Final = frozenset(
    {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
)  # fmt: skip
"""It exists, or somebody is writing it at this moment."""
_ABSENT: Final = frozenset({"NoSuchKey", "404"})


class Documents:
    """The documents of a bucket. `what` names them in errors; values never appear there."""

    def __init__(self, client: "S3Client", bucket: str, *, what: str) -> None:
        self._client = client
        self._bucket = bucket
        self._what = what

    def put(self, key: str, value: JsonObject, *, if_absent: bool = False) -> bool:
        """Equal values are equal bytes, for the compression is told no time. False where
        `if_absent` was asked and did not hold:
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html"""
        condition: Any = {"IfNoneMatch": "*"} if if_absent else {}
        body = gzip.compress(compact(value).encode(), _LEVEL, mtime=0)
        with translated(f"writing {self._what}"):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    ContentEncoding="gzip",
                    **condition,
                )
            except ClientError as exc:
                if if_absent and code_of(exc) in _REFUSED:
                    return False
                raise
        return True

    def get(self, key: str) -> JsonObject | None:
        """None where there is none."""
        with translated(f"reading {self._what}"):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
                body = answer["Body"].read()
            except ClientError as exc:
                if code_of(exc) in _ABSENT:
                    return None
                raise
        value: JsonObject = json.loads(gzip.decompress(body))
        return value

    def keys(self, prefix: str, *, after: str, limit: int) -> list[str]:
        """Keys that begin so, behind one, in order, at most `limit`."""
        found: list[str] = []
        while len(found) < limit:
            with translated(f"listing {self._what}"):
                answer = self._client.list_objects_v2(
                    Bucket=self._bucket,
                    Prefix=prefix,
                    StartAfter=after,
                    MaxKeys=min(1000, limit - len(found)),
                )
            keys = [each["Key"] for each in answer.get("Contents", [])]
            found += keys
            if not keys or not answer.get("IsTruncated"):
                break
            after = keys[-1]
        return found
