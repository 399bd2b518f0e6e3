"""Pages of a Bulk result that are not what they should be."""

from io import BytesIO

import pytest

from syncline.errors import RetryableError
from syncline.salesforce.results import ResultPage


@pytest.mark.parametrize(
    "body",
    [b'{"sf__Id" "', b'"sf__Id', b"sf__Id\n\xc3", b"\xc3", b'sf__Id\n"001'],
    ids=["no CSV", "open quote", "half a character", "half a name", "open value"],
)
def test_a_broken_page_is_asked_for_again(body: bytes) -> None:
    page = ResultPage(BytesIO(body), next=None, count=1)

    with pytest.raises(RetryableError) as caught:
        list(page.rows(0))

    assert caught.value.code == "answer_damaged"
