"""What users configure of one attribute of the platform: whether and how it is written back."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

ReferenceMode = Literal["update_reference", "edit_value"]


class Attribute(BaseModel):
    """Settings of an attribute that the workspace has.

    `write_back` writes its changes to every connection that has an inbound job which maps it (W1,
    W2). `reference` says what that means where it is mapped to a field of a reference (W5).
    `assignment`: it names the user of a team role; of several only one may be written back (W4).
    `header`: it is a user's and belongs to the header of his profile, as name and e-mail do anyway;
    what is there is never written back (W14).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(default="", max_length=200)
    write_back: bool = False
    reference: ReferenceMode = "update_reference"
    assignment: bool = False
    header: bool = False


def attribute_name(object: str, attribute: str) -> str:
    """Under which name the settings are stored."""
    return f"{object}.{attribute}"
