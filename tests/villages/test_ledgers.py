"""What every declaration of a ledger promises."""

import pytest

from povertyparty import kinds
from povertyparty.ledger import REGISTRY, words

COLUMNS = [(code, column) for code, ledger in sorted(REGISTRY.items()) for column in ledger.columns]


@pytest.mark.parametrize(("code", "column"), COLUMNS, ids=lambda v: str(v))
def test_synonyms_of_a_choice_lead_to_its_labels(code, column):
    if isinstance(column.kind, kinds.Choice):
        assert set(column.kind.table.values()) <= set(column.kind.shown)


@pytest.mark.parametrize(("code", "column"), COLUMNS, ids=lambda v: str(v))
def test_telephones_and_identity_numbers_are_sealed_and_masked(code, column):
    if isinstance(column.kind, kinds.Phone | kinds.IdNumber):
        assert column.sealed and column.sensitive


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_no_two_columns_of_a_ledger_answer_to_one_header(code):
    ledger = REGISTRY[code]
    headers = [words(column.header) for column in ledger.columns]
    assert len(headers) == len(set(headers))
    assert all(ledger.named(column.header) is column for column in ledger.columns)


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_every_official_header_is_known(code):
    ledger = REGISTRY[code]
    assert not [h for headers in ledger.layouts.values() for h in headers if ledger.named(h) is None]
