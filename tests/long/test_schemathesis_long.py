"""schemathesis over every operation as every role, with more requests than the short run in `tests/integration/api`."""

from pathlib import Path

import pytest

from tests.integration.api.fuzzing import assert_conforming
from tests.integration.conftest import _copier, _postgres_directory, database_url, postgres

__all__ = ["_copier", "_postgres_directory", "database_url", "postgres"]

_EXAMPLES = {"admin": 12, "host": 6, "support": 3, "technician": 3}
"""Requests of each operation, fitting and not; the Admin's reach furthest."""


@pytest.mark.parametrize("role", _EXAMPLES)
def test_every_answer_is_what_the_document_says(database_url: str, tmp_path: Path, role: str) -> None:
    print(role, dict(assert_conforming(database_url, tmp_path, role, _EXAMPLES[role])))
