"""The journal of runs in a bucket: each entry is one object, put once and never changed."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from syncline.aws.items import compact
from syncline.aws.objects import SUFFIX, Documents
from syncline.aws.retries import Patience
from syncline.errors import RetryableError
from syncline.ports import JsonObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX: Final = "runs/"
"""Of what runs write to the bucket: its lifecycle rule and the functions' policies name it."""


class BucketJournal:
    """The Journal port: `runs/{workspace}/{run}/{name}.json.gz`."""

    def __init__(
        self, client: "S3Client", bucket: str, *, patience: Patience | None = None
    ) -> None:
        self._documents = Documents(client, bucket, what="the journal")
        self._patience = patience or Patience()

    def put(self, workspace: str, run: str, name: str, entry: JsonObject) -> JsonObject:
        key = _key(workspace, run, name)
        for _ in self._patience:
            if self._documents.put(key, entry, if_absent=True):
                first: JsonObject = json.loads(compact(entry))
                return first
            stored = self._documents.get(key)
            if stored is not None:
                return stored
        raise RetryableError("the journal is being written by another", code="aws_busy")

    def get(self, workspace: str, run: str, name: str) -> JsonObject | None:
        return self._documents.get(_key(workspace, run, name))

    def names(
        self, workspace: str, run: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[str]:
        prefix = _prefix(workspace, run)
        start = f"{prefix}{after}{SUFFIX}" if after else ""
        keys = self._documents.keys(prefix, after=start, limit=limit)
        return [key.removeprefix(prefix).removesuffix(SUFFIX) for key in keys]


def _prefix(workspace: str, run: str) -> str:
    return f"{PREFIX}{workspace}/{run}/"


def _key(workspace: str, run: str, name: str) -> str:
    return f"{_prefix(workspace, run)}{name}{SUFFIX}"
