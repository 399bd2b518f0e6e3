"""Names that the CRM puts together are read and looked for, but not written (W5)."""

from tests.unit.http.test_attributes import ON, OWNER, line, mapped
from tests.unit.http.world import World


def test_a_composed_name_says_what_to_map(api: World) -> None:
    """A record may be found by it, but no right lets anybody write it."""
    mapped(api, line("Owner.Name", "owner"))

    refused = api("PUT", OWNER, {**ON, "reference": "edit_value"})
    found = api("PUT", OWNER, ON)

    assert refused.flaws == [("body", "/write_back", "compound_field")]
    assert "map Owner.FirstName and Owner.LastName instead" in refused.body["detail"]
    assert found.status == 201
