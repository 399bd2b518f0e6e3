"""`python -m tests.breaks`: writes docs/requirements-shown.md anew from the table."""

from tests.breaks.page import PAGE, page
from tests.breaks.table import requirements

if __name__ == "__main__":
    PAGE.write_text(page(requirements()))
