"""Says whether and how an attribute is written back, checked whole before anything is stored."""

from dataclasses import dataclass

from syncline.config.attribute import Attribute, attribute_name
from syncline.errors import NotFoundError
from syncline.ports import Configuration, CrmFactory
from syncline.usecases.check_attribute import CheckAttribute, first_assignment
from syncline.usecases.find import find_workspace, object_attributes
from syncline.usecases.findings import Finding, InvalidInputError, changed_meanwhile
from syncline.usecases.save_document import Result, save_document
from syncline.usecases.write_lines import inbound_jobs, settings_of
from syncline.usecases.written_objects import list_written


@dataclass(frozen=True, slots=True)
class SavedAttribute:
    """`findings` are the warnings; with an error nothing would have been saved."""

    result: Result
    attribute: Attribute
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SaveAttribute:
    """One conditional write. That only one account assignment is written back (W4) hangs on other
    documents: of two that are switched on at the same time, the one that sees the other goes back.
    """

    configuration: Configuration
    crm: CrmFactory

    def __call__(
        self, workspace: str, object: str, name: str, attribute: Attribute
    ) -> SavedAttribute:
        """NotFoundError for an unknown object or attribute; InvalidInputError with every finding;
        ConflictError if saved by two at once."""
        types = object_attributes(find_workspace(self.configuration, workspace), object)
        if name not in types:
            raise _unknown(object, name, sorted(types))
        findings = self._checked(workspace, object, name, attribute)
        place = (workspace, "attribute", attribute_name(object, name))
        stored = self.configuration.get(*place)
        body = attribute.model_dump(mode="json")
        if attribute.write_back:
            list_written(self.configuration, workspace, object)
        result = save_document(self.configuration, place=place, stored=stored, body=body)
        others = settings_of(self.configuration, workspace, object)
        if result != "unchanged" and first_assignment(name, attribute, others) is not None:
            self._switch_off(place, attribute)
            raise changed_meanwhile("another account assignment")
        return SavedAttribute(result, attribute, findings)

    def _checked(
        self, workspace: str, object: str, name: str, attribute: Attribute
    ) -> tuple[Finding, ...]:
        findings = CheckAttribute(self.crm)(
            (workspace, object, name),
            attribute,
            others=settings_of(self.configuration, workspace, object),
            jobs=inbound_jobs(self.configuration, workspace, object),
        )
        errors = [each for each in findings if each.severity == "error"]
        if not errors:
            return findings
        told = errors[0].message if len(errors) == 1 else f"{len(errors)} things forbid write-back"
        raise InvalidInputError(told, code="write_back_refused", findings=errors)

    def _switch_off(self, place: tuple[str, str, str], attribute: Attribute) -> None:
        now = self.configuration.get(*place)
        if now is not None and now.body == attribute.model_dump(mode="json"):
            self.configuration.put(*place, {**now.body, "write_back": False}, expected=now.version)


def _unknown(object: str, name: str, known: list[str]) -> NotFoundError:
    return NotFoundError(
        f"the platform's {object} has no attribute '{name}'",
        code="unknown_attribute",
        field="attribute",
        remedy=f"Use one of {', '.join(known)}, or declare it in the workspace.",
    )
