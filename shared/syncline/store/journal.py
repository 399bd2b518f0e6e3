"""The journal of runs in a bucket: each entry is one compressed object, put once and never changed.

Encryption at rest is the bucket's own setting, see template.yaml.
"""

import gzip
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from syncline.aws.faults import code_of, translated
from syncline.aws.items import compact
from syncline.aws.retries import Patience
from syncline.errors import RetryableError
from syncline.ports import JsonObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX: Final = "runs/"
"""Of all that is written to the bucket: its lifecycle rule and the functions' policies name it."""
_SUFFIX: Final = ".json.gz"
_LEVEL: Final = 6
_EXISTS: Final = frozenset({"PreconditionFailed", "412"})
_BUSY: Final = frozenset({"ConditionalRequestConflict", "409"})
_ABSENT: Final = frozenset({"NoSuchKey", "404"})


class BucketJournal:
    """The Journal port: `runs/{workspace}/{run}/{name}.json.gz`."""

    def __init__(
        self, client: "S3Client", bucket: str, *, patience: Patience | None = None
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._patience = patience or Patience()

    def put(self, workspace: str, run: str, name: str, entry: JsonObject) -> JsonObject:
        """Only if absent: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        Equal entries give equal bytes, for the compression is told no time."""
        text = compact(entry)
        body = gzip.compress(text.encode(), _LEVEL, mtime=0)
        for _ in self._patience:
            with translated("writing the journal"):
                if self._insert(_key(workspace, run, name), body):
                    first: JsonObject = json.loads(text)
                    return first
            stored = self.get(workspace, run, name)
            if stored is not None:
                return stored
        raise RetryableError("the journal is being written by another", code="aws_busy")

    def get(self, workspace: str, run: str, name: str) -> JsonObject | None:
        with translated("reading the journal"):
            try:
                answer = self._client.get_object(
                    Bucket=self._bucket, Key=_key(workspace, run, name)
                )
                body = answer["Body"].read()
            except ClientError as exc:
                if code_of(exc) in _ABSENT:
                    return None
                raise
        entry: JsonObject = json.loads(gzip.decompress(body))
        return entry

    def names(
        self, workspace: str, run: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[str]:
        prefix = _prefix(workspace, run)
        start = f"{prefix}{after}{_SUFFIX}" if after else ""
        found: list[str] = []
        while len(found) < limit:
            with translated("listing the journal"):
                answer = self._client.list_objects_v2(
                    Bucket=self._bucket,
                    Prefix=prefix,
                    StartAfter=start,
                    MaxKeys=min(1000, limit - len(found)),
                )
            keys = [each["Key"] for each in answer.get("Contents", [])]
            found += [key.removeprefix(prefix).removesuffix(_SUFFIX) for key in keys]
            if not keys or not answer.get("IsTruncated"):
                break
            start = keys[-1]
        return found

    def _insert(self, key: str, body: bytes) -> bool:
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType="application/json",
                ContentEncoding="gzip",
                IfNoneMatch="*",
            )
        except ClientError as exc:
            if code_of(exc) in _EXISTS | _BUSY:
                return False
            raise
        return True


def _prefix(workspace: str, run: str) -> str:
    return f"{PREFIX}{workspace}/{run}/"


def _key(workspace: str, run: str, name: str) -> str:
    return f"{_prefix(workspace, run)}{name}{_SUFFIX}"
