"""A short run of schemathesis over every operation; `tests/long` has the long one, as every role."""

from pathlib import Path

import pytest

from tests.integration.api.fuzzing import assert_conforming


@pytest.mark.parametrize(("role", "examples"), [("admin", 2), ("host", 1)])
def test_every_answer_is_what_the_document_says(database_url: str, tmp_path: Path, role: str, examples: int) -> None:
    print(role, dict(assert_conforming(database_url, tmp_path, role, examples)))
