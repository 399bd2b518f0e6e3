"""What is configured of attributes, with the places that each is written to."""

from collections.abc import Sequence
from dataclasses import dataclass

from syncline.config.attribute import Attribute, attribute_name
from syncline.kinds.objects import OBJECTS
from syncline.ports import Configuration
from syncline.usecases.find import find_document
from syncline.usecases.write_lines import Target, inbound_jobs, settings_of, targets


@dataclass(frozen=True, slots=True)
class ShownAttribute:
    """`targets` are told by the mappings alone; whether each can be written the org says when the
    settings are saved."""

    object: str
    attribute: str
    settings: Attribute
    targets: Sequence[Target]

    @property
    def name(self) -> str:
        return attribute_name(self.object, self.attribute)


@dataclass(frozen=True, slots=True)
class ShowAttributes:
    configuration: Configuration

    def __call__(self, workspace: str, object: str, name: str) -> ShownAttribute:
        """NotFoundError where nothing is configured of it."""
        stored = find_document(
            self.configuration, workspace, "attribute", attribute_name(object, name)
        )
        settings = Attribute.model_validate(stored.body)
        jobs = inbound_jobs(self.configuration, workspace, object)
        return ShownAttribute(object, name, settings, targets(jobs, name, settings))

    def all(self, workspace: str) -> list[ShownAttribute]:
        """All that are configured, by object and name."""
        found = []
        for object in sorted(OBJECTS):
            configured = settings_of(self.configuration, workspace, object)
            jobs = inbound_jobs(self.configuration, workspace, object) if configured else []
            found += [
                ShownAttribute(object, name, settings, targets(jobs, name, settings))
                for name, settings in sorted(configured.items())
            ]
        return found
