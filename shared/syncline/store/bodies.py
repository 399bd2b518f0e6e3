"""Requests that are stored once and captured later, in the bucket of the journal."""

from typing import TYPE_CHECKING, Final

from syncline.aws.objects import SUFFIX, Documents
from syncline.ports import JsonObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


PREFIX: Final = "changes/"
"""Of what is stored for later: the bucket's lifecycle rule and the functions' policies name it."""


class BucketBodies:
    """The Bodies port for one workspace: `changes/{workspace}/{id}.json.gz`. Put without a
    condition, for what is put again is the same."""

    def __init__(self, client: "S3Client", bucket: str, *, workspace: str) -> None:
        self._documents = Documents(client, bucket, what="a stored request")
        self._workspace = workspace

    def put(self, id: str, body: JsonObject) -> None:
        self._documents.put(self._key(id), body)

    def get(self, id: str) -> JsonObject | None:
        return self._documents.get(self._key(id))

    def _key(self, id: str) -> str:
        return f"{PREFIX}{self._workspace}/{id}{SUFFIX}"
