"""What the Receipts port promises."""

from datetime import datetime
from typing import Any

import pytest

from syncline.aws.database import Database
from syncline.aws.results import DETAIL_LENGTH
from syncline.aws.statements import Delete, Key
from syncline.engine.told import Told
from syncline.ports import BatchReceipt, Receipt, Receipts
from syncline.store.receipts import DynamoReceipts
from tests.contract.aws_cloud import KEPT, AwsCloud
from tests.contract.cloud import Cloud
from tests.contract.samples import NOON, receipt

WRITTEN = {"title": Told("applied", "written")}
REFUSED = {"title": Told("refused", "too_long", "'title' hat 300 Zeichen 🙂")}


@pytest.fixture
def receipts(cloud: Cloud) -> Receipts:
    return cloud.receipts("acme")


def batch(**changes: Any) -> BatchReceipt:
    fields: dict[str, Any] = {
        "id": f"{9:032x}", "digest": "d", "count": 5000, "accepted_at": NOON
    }  # fmt: skip
    return BatchReceipt(**{**fields, **changes})


def stored(receipts: Receipts, number: int = 1) -> Receipt:
    return receipts.get([receipt(number).id])[receipt(number).id]


def test_receipts_come_back_as_they_were_opened(receipts: Receipts) -> None:
    plain, full = receipt(1), receipt(2, bulk=True, to={"org": ("title", "n"), "other": ("n",)})

    assert receipts.open([full, plain]) == [full, plain]

    assert receipts.get([plain.id, full.id, "absent"]) == {plain.id: plain, full.id: full}
    assert not plain.final


def test_the_first_receipt_of_a_key_stays(receipts: Receipts) -> None:
    first, other = receipt(1), receipt(1, digest="other")
    receipts.open([first])

    assert receipts.open([receipt(2), other, receipt(3)]) == [receipt(2), first, receipt(3)]
    assert receipts.open([receipt(4), receipt(4, digest="other")]) == [receipt(4)] * 2

    assert stored(receipts) == first


def test_a_receipt_is_final_when_every_connection_has_spoken(receipts: Receipts) -> None:
    opened = receipt(to={"org": ("title",), "other": ("title",)})
    receipts.open([opened])

    receipts.settle({opened.id: {"org": WRITTEN}})
    assert not stored(receipts).final
    receipts.settle({opened.id: {"other": REFUSED}})

    assert stored(receipts).final
    assert stored(receipts).results == {"org": WRITTEN, "other": REFUSED}


def test_a_settled_receipt_is_told_when_opened_again(receipts: Receipts) -> None:
    receipts.open([receipt()])
    receipts.settle({receipt().id: {"org": WRITTEN}})

    (again,) = receipts.open([receipt()])

    assert again == receipt(results={"org": WRITTEN})


def test_the_first_word_of_a_connection_stays(receipts: Receipts) -> None:
    opened = receipt(to={"org": ("title",), "other": ("title",)})
    receipts.open([opened])
    receipts.settle({opened.id: {"org": REFUSED}})

    receipts.settle({opened.id: {"org": WRITTEN, "other": WRITTEN}})
    receipts.settle({opened.id: {"other": REFUSED}})

    assert stored(receipts).results == {"org": REFUSED, "other": WRITTEN}


def test_a_word_may_be_about_nothing(receipts: Receipts) -> None:
    receipts.open([receipt(to={"org": ()})])

    receipts.settle({receipt().id: {"org": {}}})
    receipts.settle({receipt().id: {"org": WRITTEN}})

    assert stored(receipts).results == {"org": {}}
    assert stored(receipts).final


def test_words_of_forgotten_receipts_and_strangers_are_lost(receipts: Receipts) -> None:
    receipts.open([receipt(1)])

    receipts.settle({receipt(2).id: {"org": WRITTEN}, receipt(1).id: {"stranger": WRITTEN}})

    assert receipts.get([receipt(1).id, receipt(2).id]) == {receipt(1).id: receipt(1)}


def test_a_long_detail_is_cut(receipts: Receipts) -> None:
    receipts.open([receipt()])
    long = Told("refused", "not_in_picklist", "ü" * 500_000)

    receipts.settle({receipt().id: {"org": {"title": long}}})

    detail = stored(receipts).results["org"]["title"].detail
    assert detail == "ü" * (DETAIL_LENGTH - 1) + "…"


@pytest.mark.parametrize("count", [1, 26, 500])
def test_many_receipts_are_opened_and_settled_at_once(receipts: Receipts, count: int) -> None:
    many = [receipt(number) for number in range(count)]

    assert receipts.open(many) == many
    receipts.settle({each.id: {"org": WRITTEN} for each in many})

    found = receipts.get([each.id for each in many])
    assert len(found) == count
    assert all(each.final for each in found.values())


def test_nothing_is_opened_of_nothing(receipts: Receipts) -> None:
    assert receipts.open([]) == []
    assert receipts.get([]) == {}
    receipts.settle({})


def test_receipts_of_others_are_not_seen(cloud: Cloud, receipts: Receipts) -> None:
    receipts.open([receipt()])
    receipts.open_batch(batch())
    other = cloud.receipts("emca")

    other.settle({receipt().id: {"org": WRITTEN}})
    other.advance(batch().id, 500)

    assert other.get([receipt().id]) == {}
    assert other.get_batch(batch().id) is None
    assert stored(receipts) == receipt()
    assert receipts.get_batch(batch().id) == batch()


def test_the_first_batch_of_a_key_stays(receipts: Receipts) -> None:
    assert receipts.get_batch(batch().id) is None
    assert receipts.open_batch(batch()) == batch()
    receipts.advance(batch().id, 500)

    assert receipts.open_batch(batch(digest="other")) == batch(captured=500)


def test_a_batch_and_a_receipt_may_have_one_id(receipts: Receipts) -> None:
    receipts.open([receipt(9)])
    receipts.open_batch(batch())

    assert receipts.get([batch().id]) == {batch().id: receipt(9)}
    assert receipts.get_batch(batch().id) == batch()


def test_what_is_captured_never_goes_back(receipts: Receipts) -> None:
    receipts.open_batch(batch())

    for captured in (500, 1500, 1500, 1000):
        receipts.advance(batch().id, captured)
    receipts.advance("absent", 500)

    assert receipts.get_batch(batch().id) == batch(captured=1500)
    assert receipts.get_batch("absent") is None


def test_what_is_known_of_a_batch_is_kept(receipts: Receipts) -> None:
    receipts.open_batch(batch())

    receipts.note_seen(batch().id, "ar-a")
    receipts.advance(batch().id, 500)
    receipts.note_seen("absent", "a")

    assert receipts.get_batch(batch().id) == batch(captured=500, seen="ar-a")
    assert receipts.open_batch(batch()) == batch(captured=500, seen="ar-a")
    assert receipts.get_batch("absent") is None


LATER = "2026-01-05T13:00:00Z"


def test_a_batch_is_listed_until_it_is_captured(receipts: Receipts) -> None:
    other = batch(id="c" * 32, accepted_at=LATER)
    receipts.open_batch(batch())
    receipts.open_batch(other)
    receipts.advance(batch().id, 4500)

    assert receipts.listed(before=NOON) == []
    assert receipts.listed(before=LATER) == [batch(captured=4500)]
    receipts.advance(batch().id, 5000)

    assert receipts.listed(before="2026-01-06") == [other]


def test_a_listed_batch_can_be_put_off(receipts: Receipts) -> None:
    receipts.open_batch(batch())

    receipts.put_off(batch().id, at=LATER)
    receipts.put_off("absent", at=NOON)

    assert receipts.listed(before=LATER) == []
    assert receipts.listed(before="2026-01-06") == [batch()]


def test_a_captured_batch_that_is_opened_again_is_not_listed(receipts: Receipts) -> None:
    receipts.open_batch(batch())
    receipts.advance(batch().id, 5000)
    receipts.open_batch(batch())

    assert receipts.listed(before="2026-01-06") == []
    assert receipts.listed(before="2026-01-06") == []


def test_batches_of_others_are_not_listed(cloud: Cloud, receipts: Receipts) -> None:
    receipts.open_batch(batch())

    assert cloud.receipts("emca").listed(before="2026-01-06") == []


def test_receipts_go_with_the_journal(aws_cloud: AwsCloud) -> None:
    receipts = aws_cloud.receipts("acme")
    receipts.open([receipt(accepted_at=NOON)])
    receipts.open_batch(batch())

    items = aws_cloud.items("RunsTable").values()

    until = datetime.fromisoformat(NOON) + KEPT
    assert [each["expires_at"] for each in items] == [int(until.timestamp())] * 3


class Forgetful(Database):
    """Forgets what it is asked for, just before it is first read."""

    forgot = False

    def get(self, table: str, keys: Any) -> dict[Key, dict[str, Any]]:
        if keys and not self.forgot:
            self.forgot = True
            self.execute([Delete(table, key) for key in keys])
        return super().get(table, keys)


def test_a_receipt_that_is_just_forgotten_is_opened_anew(aws_cloud: AwsCloud) -> None:
    aws_cloud.receipts("acme").open([receipt(digest="old")])
    table = aws_cloud.tables["RunsTable"]
    forgetful = DynamoReceipts(
        Forgetful(aws_cloud.clients.dynamodb), table, workspace="acme", kept=KEPT
    )

    assert forgetful.open([receipt()]) == [receipt()]

    assert stored(aws_cloud.receipts("acme")) == receipt()
