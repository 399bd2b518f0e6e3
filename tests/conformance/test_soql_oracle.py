"""Our SOQL parser against one that was not written here, over a corpus that was."""

from pathlib import Path

import pytest

from local.salesforce.errors import ApiError
from local.salesforce.soql.parser import parse
from tests.conformance.javascript import Node
from tests.conformance.soql import corpus, foreign, golden, neutral
from tests.conformance.soql.differences import ORACLE_ALONE, OURS_ALONE

CORPUS = corpus.read()
ORACLE = golden.load()
ALONE = {text for table in (OURS_ALONE, ORACLE_ALONE) for texts in table.values() for text in texts}
SHARED = [each for each in CORPUS if each.accepted and each.text not in ALONE]


@pytest.mark.parametrize("entry", CORPUS, ids=lambda entry: entry.text)
def test_we_take_what_salesforce_takes(entry: corpus.Entry) -> None:
    try:
        parse(entry.text)
        answer = "accepted"
    except ApiError as refused:
        answer = refused.code

    assert answer == ("accepted" if entry.accepted else "MALFORMED_QUERY")


@pytest.mark.parametrize("entry", CORPUS, ids=lambda entry: entry.text)
def test_the_oracle_takes_the_same(entry: corpus.Entry) -> None:
    agrees = ORACLE[entry.text]["ok"] == entry.accepted

    assert agrees == (entry.text not in ALONE)


@pytest.mark.parametrize("entry", SHARED, ids=lambda entry: entry.text)
def test_the_oracle_reads_the_same(entry: corpus.Entry) -> None:
    ours = neutral.query(parse(entry.text))

    assert ours == foreign.query(ORACLE[entry.text]["ast"])


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len({each.text for each in CORPUS}) == len(CORPUS) >= 400
    assert sum(not each.accepted for each in CORPUS) >= 80
    assert set(ORACLE) == {each.text for each in CORPUS} >= ALONE


@pytest.mark.node
def test_the_kept_answers_are_those_of_today(node: Node) -> None:
    statements = [each.text for each in CORPUS]

    answers = golden.ask(node, statements)

    assert dict(zip(statements, answers, strict=True)) == ORACLE


def test_the_lock_file_names_no_registry() -> None:
    lock = Path(__file__).with_name("node") / "package-lock.json"

    assert '"resolved"' not in lock.read_text(encoding="utf-8")
