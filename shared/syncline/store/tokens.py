"""API tokens on DynamoDB: found by hash, listed by workspace."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from syncline.aws.database import Database
from syncline.aws.statements import Item, Key
from syncline.ports import TokenRecord

_TEXTS: Final = ("hash", "workspace", "name", "created_at", "revoked_at")


class DynamoTokens:
    """The Tokens port. The entry of the list is written first: a token that cannot be listed could
    not be revoked. One without its token is nothing and is not shown."""

    def __init__(self, database: Database, table: str) -> None:
        self._database = database
        self._table = table

    def add(self, token: TokenRecord) -> None:
        entry = {"pk": _list(token.workspace), "sk": token.id, "hash": token.hash}
        self._database.put(self._table, entry)
        self._database.put(self._table, _item(token))

    def by_hash(self, hash: str) -> TokenRecord | None:
        key = _key(hash)
        item = self._database.get(self._table, [key]).get(key)
        if item is None or not hmac.compare_digest(str(item["hash"]), hash):
            return None
        return _token(item)

    def all(self, workspace: str) -> Sequence[TokenRecord]:
        entries = self._database.query(self._table, _list(workspace))
        keys = [_key(entry["hash"]) for entry in entries]
        found = self._database.get(self._table, keys)
        return [_token(found[key]) for key in keys if key in found]

    def revoke(self, workspace: str, token: str, *, at: str) -> bool:
        key = Key(_list(workspace), token)
        entry = self._database.get(self._table, [key]).get(key)
        stored = self.by_hash(entry["hash"]) if entry else None
        if stored is None:
            return False
        if stored.revoked_at is None:
            revoked = _item(replace(stored, revoked_at=at))
            self._database.put(self._table, revoked, where={"id": token})
        return True


def _list(workspace: str) -> str:
    return f"{workspace}|token"


def _key(hash_: str) -> Key:
    return Key(f"token|{hash_}", "token")


def _item(token: TokenRecord) -> Item:
    key = _key(token.hash)
    texts = {name: getattr(token, name) for name in _TEXTS}
    item: Item = {
        "pk": key.pk,
        "sk": key.sk,
        "id": token.id,
        "scopes": " ".join(token.scopes),
        **{name: text for name, text in texts.items() if text is not None},
    }
    return item


def _token(item: Mapping[str, Any]) -> TokenRecord:
    texts: dict[str, Any] = {name: item.get(name) for name in _TEXTS}
    return TokenRecord(id=item["id"], scopes=tuple(item["scopes"].split()), **texts)
