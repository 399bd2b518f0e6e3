"""What the Configuration, Tokens and Secrets ports promise."""

import dataclasses

import pytest

from syncline.errors import RecordRejectedError
from syncline.ports import Stored, TokenRecord
from tests.contract.cloud import Cloud

BODY = {"title": "Grüße 🙂", "guard": {"max_share": 0.25}, "lines": [1, None, True]}


def test_a_document_is_made_once_and_replaced_from_its_version(cloud: Cloud) -> None:
    documents = cloud.configuration

    assert documents.put("acme", "job", "tasks", BODY, expected=0) == Stored(BODY, 1)
    assert documents.put("acme", "job", "tasks", {"other": 1}, expected=0) is None
    assert documents.put("acme", "job", "tasks", {"second": 1}, expected=1) == Stored(
        {"second": 1}, 2
    )
    assert documents.put("acme", "job", "tasks", {"late": 1}, expected=1) is None
    assert documents.put("acme", "job", "absent", BODY, expected=3) is None

    assert documents.get("acme", "job", "tasks") == Stored({"second": 1}, 2)
    assert documents.get("acme", "job", "absent") is None


def test_a_repeated_put_is_a_success(cloud: Cloud) -> None:
    for _ in range(2):
        assert cloud.configuration.put("acme", "job", "tasks", BODY, expected=0) == Stored(BODY, 1)


def test_documents_are_listed_by_name_within_workspace_and_type(cloud: Cloud) -> None:
    documents = cloud.configuration
    for name in ("b", "a", "c"):
        documents.put("acme", "job", name, {"name": name}, expected=0)
    documents.put("acme", "connection", "a", BODY, expected=0)
    documents.put("acme2", "job", "z", BODY, expected=0)

    assert [name for name, _ in documents.all("acme", "job")] == ["a", "b", "c"]
    assert documents.all("acme", "connection") == [("a", Stored(BODY, 1))]
    assert documents.all("unknown", "job") == []
    assert documents.get("unknown", "workspace", "unknown") is None


def test_delete_tells_whether_there_was_anything(cloud: Cloud) -> None:
    cloud.configuration.put("acme", "job", "a", BODY, expected=0)

    assert cloud.configuration.delete("acme", "job", "a") is True
    assert cloud.configuration.delete("acme", "job", "a") is False

    assert cloud.configuration.get("acme", "job", "a") is None
    assert cloud.configuration.put("acme", "job", "a", BODY, expected=0) == Stored(BODY, 1)


def test_a_document_over_400_kb_is_refused(cloud: Cloud) -> None:
    with pytest.raises(RecordRejectedError) as refused:
        cloud.configuration.put("acme", "job", "a", {"filter": "x" * 500_000}, expected=0)

    assert refused.value.code == "too_large"
    assert cloud.configuration.get("acme", "job", "a") is None


def token(number: int, workspace: str = "acme") -> TokenRecord:
    return TokenRecord(
        id=f"t{number}", hash=f"{number:064x}", workspace=workspace, scopes=("read", "write"),
        name="Ada's laptop", created_at="2026-01-05T12:00:00Z",
    )  # fmt: skip


def test_a_token_is_found_by_its_hash_and_listed_in_its_workspace(cloud: Cloud) -> None:
    tokens = cloud.tokens
    for each in (token(2), token(1), token(3, "beta")):
        tokens.add(each)

    assert tokens.by_hash(token(1).hash) == token(1)
    assert tokens.by_hash("0" * 64) is None
    assert tokens.all("acme") == [token(1), token(2)]
    assert tokens.all("beta") == [token(3, "beta")]
    assert tokens.all("unknown") == []


def test_a_token_is_revoked_once_and_only_by_its_workspace(cloud: Cloud) -> None:
    tokens = cloud.tokens
    tokens.add(token(1))

    assert tokens.revoke("beta", "t1", at="early") is False
    assert tokens.revoke("acme", "t9", at="early") is False
    assert tokens.revoke("acme", "t1", at="first") is True
    assert tokens.revoke("acme", "t1", at="second") is True

    revoked = dataclasses.replace(token(1), revoked_at="first")
    assert tokens.by_hash(token(1).hash) == revoked
    assert tokens.all("acme") == [revoked]


def test_credentials_are_replaced_and_forgotten_and_the_name_is_free_again(cloud: Cloud) -> None:
    secrets = cloud.secrets
    assert secrets.get("acme", "org") is None

    secrets.put("acme", "org", {"client_secret": "Ü1"})
    secrets.put("acme", "org", {"client_secret": "2"})
    assert secrets.get("acme", "org") == {"client_secret": "2"}
    assert secrets.get("beta", "org") is None

    secrets.delete("acme", "org")
    secrets.delete("acme", "org")
    assert secrets.get("acme", "org") is None
    secrets.put("acme", "org", {"client_secret": "3"})
    assert secrets.get("acme", "org") == {"client_secret": "3"}
