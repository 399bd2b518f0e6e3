"""Creates or changes a workspace."""

from dataclasses import dataclass

from syncline.config.models import Workspace
from syncline.ports import Configuration
from syncline.usecases.save_document import Result, save_document


@dataclass(frozen=True, slots=True)
class SaveWorkspace:
    configuration: Configuration

    def __call__(self, workspace: str, body: Workspace) -> Result:
        """Nothing else hangs on it: one conditional write."""
        return save_document(
            self.configuration,
            place=(workspace, "workspace", workspace),
            stored=self.configuration.get(workspace, "workspace", workspace),
            body=body.model_dump(mode="json"),
        )
