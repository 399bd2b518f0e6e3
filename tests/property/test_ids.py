"""Ids in one case only: as many as there were before, and each can be told again."""

from string import ascii_letters, digits

from hypothesis import given
from hypothesis import strategies as st

from syncline.kinds.salesforce_ids import is_id, long_id, restore_case

SHORT = st.text(ascii_letters + digits, min_size=15, max_size=15)
TWINS = st.text("aA0", min_size=15, max_size=15)
"""Texts that often are the same but for their case."""


@given(SHORT)
def test_the_case_of_an_id_is_restored(short: str) -> None:
    long = long_id(short)

    assert restore_case(long.lower()) == long
    assert restore_case(long.upper()) == long
    assert is_id(long)


@given(st.lists(TWINS, unique=True, min_size=2))
def test_folded_long_ids_never_collide(shorts: list[str]) -> None:
    assert len({long_id(each).lower() for each in shorts}) == len(shorts)


@given(st.text(ascii_letters + digits + "\u017f\u212a-\u00df", max_size=20))
def test_only_what_can_be_an_id_is_restored(text: str) -> None:
    restored = restore_case(text)

    assert restored is None or (is_id(restored) and restored.lower() == text.lower())
