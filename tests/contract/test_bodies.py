"""What the Bodies port promises."""

import pytest

from syncline.errors import ConfigurationError
from syncline.ports import Bodies
from syncline.store.bodies import BucketBodies
from tests.contract.aws_cloud import AwsCloud
from tests.contract.cloud import Cloud

BODY = {"changes": [{"id": "t-1", "values": {"title": "Grüße 🙂", "n": 1.5, "none": None}}]}


@pytest.fixture
def bodies(cloud: Cloud) -> Bodies:
    return cloud.bodies("acme")


def test_a_body_comes_back_as_it_was_put(bodies: Bodies) -> None:
    for _ in range(2):
        bodies.put("b-1", BODY)

    assert bodies.get("b-1") == BODY
    assert bodies.get("b-2") is None


def test_a_body_may_be_larger_than_an_item(bodies: Bodies) -> None:
    large = {"changes": [f"{number}" * 100 for number in range(10_000)]}

    bodies.put("b-1", large)

    assert bodies.get("b-1") == large


def test_bodies_of_others_are_not_seen(cloud: Cloud, bodies: Bodies) -> None:
    bodies.put("b-1", BODY)
    cloud.bodies("emca").put("b-1", {"other": 1})

    assert bodies.get("b-1") == BODY
    assert cloud.bodies("beta").get("b-1") is None


def test_a_body_lies_where_the_bucket_forgets_it(aws_cloud: AwsCloud) -> None:
    aws_cloud.bodies("acme").put("b-1", BODY)

    (found,) = aws_cloud.clients.s3.list_objects_v2(Bucket=aws_cloud.bucket)["Contents"]

    assert found["Key"] == "changes/acme/b-1.json.gz"


def test_a_missing_bucket_is_told_with_its_remedy(aws_cloud: AwsCloud) -> None:
    bodies = BucketBodies(aws_cloud.clients.s3, "no-such-bucket", workspace="acme")

    with pytest.raises(ConfigurationError) as refused:
        bodies.put("b-1", BODY)

    assert "bucket" in (refused.value.remedy or "")
