"""Deletes an empty workspace, with what is configured of its attributes, and revokes its tokens."""

from dataclasses import dataclass

from syncline.engine.moments import canonical_instant
from syncline.ports import Clock, Configuration, Tokens
from syncline.usecases.find import find_workspace
from syncline.usecases.findings import InUseError
from syncline.usecases.written_objects import forget_written


@dataclass(frozen=True, slots=True)
class DeleteWorkspace:
    """Tokens first: a crash between the two leaves a workspace without tokens, and the
    administrator deletes it again. Its records and runs stay stored."""

    configuration: Configuration
    tokens: Tokens
    clock: Clock

    def __call__(self, workspace: str) -> None:
        """NotFoundError; ConflictError while it has jobs or connections."""
        find_workspace(self.configuration, workspace)
        self._refuse_in_use(workspace)
        now = canonical_instant(self.clock.now())
        for token in self.tokens.all(workspace):
            if token.revoked_at is None:
                self.tokens.revoke(workspace, token.id, at=now)
        for name, _ in self.configuration.all(workspace, "attribute"):
            self.configuration.delete(workspace, "attribute", name)
        forget_written(self.configuration, workspace)
        self.configuration.delete(workspace, "workspace", workspace)

    def _refuse_in_use(self, workspace: str) -> None:
        jobs = [name for name, _ in self.configuration.all(workspace, "job")]
        connections = [name for name, _ in self.configuration.all(workspace, "connection")]
        if jobs or connections:
            named = ", ".join([f"job '{name}'" for name in jobs]
                              + [f"connection '{name}'" for name in connections])  # fmt: skip
            raise InUseError(
                f"the workspace still has {named}; delete them first",
                code="workspace_in_use",
                jobs=jobs,
            )
