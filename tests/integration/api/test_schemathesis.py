"""A short run of schemathesis over every operation as every role; `tests/long` has the long one.

What does not fit is refused to an Admin: others are mostly refused for who they are, whatever they send.
"""

from pathlib import Path

import pytest
from schemathesis import GenerationMode

from tests.integration.api.fuzzing import assert_conforming


@pytest.mark.parametrize("role", ["admin", "host", "support", "technician"])
def test_every_answer_is_what_the_document_says(database_url: str, tmp_path: Path, role: str) -> None:
    modes = GenerationMode if role == "admin" else (GenerationMode.POSITIVE,)
    print(role, dict(assert_conforming(database_url, tmp_path, role, 1, modes)))
