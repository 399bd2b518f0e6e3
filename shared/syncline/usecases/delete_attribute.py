"""Forgets what is configured of an attribute: it is not written back any more."""

from dataclasses import dataclass

from syncline.config.attribute import attribute_name
from syncline.ports import Configuration
from syncline.usecases.find import find_document


@dataclass(frozen=True, slots=True)
class DeleteAttribute:
    """Change events of it that still wait are refused on their receipts."""

    configuration: Configuration

    def __call__(self, workspace: str, object: str, name: str) -> None:
        """NotFoundError where nothing is configured of it."""
        document = attribute_name(object, name)
        find_document(self.configuration, workspace, "attribute", document)
        self.configuration.delete(workspace, "attribute", document)
