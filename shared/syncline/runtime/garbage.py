"""How often Python looks for reference cycles in a function that plans records."""

import gc
from typing import Final

_YOUNG: Final = 100_000


def collect_rarely() -> None:
    """To be called once when a function has been built: that stays, and is not looked at again.

    What is made for each record has no cycles and goes as soon as it is not needed, yet looking
    for cycles in it took two fifths of all planning (`make bench`).
    """
    gc.freeze()
    gc.set_threshold(_YOUNG)
