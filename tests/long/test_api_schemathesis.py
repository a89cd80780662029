"""schemathesis at length over every operation of the API, as each role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spotfi_cloud.entrypoints import migrations
from spotfi_cloud.entrypoints.embedded.database import EmbeddedDatabase
from tests.integration.api.fuzzing import assert_conforming
from tests.integration.postgres_server import chosen_programs, serving

_EXAMPLES = 40


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    embedded = EmbeddedDatabase(tmp_path, chosen_programs())
    embedded.prepare()
    with serving(embedded):
        migrations.upgrade(embedded.url())
        yield embedded.url()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("role", ["admin", "support", "technician", "host"])
def test_every_answer_is_what_the_document_says(database_url: str, tmp_path: Path, role: str) -> None:
    sent = assert_conforming(database_url, tmp_path / "api", role, _EXAMPLES)
    print(role, dict(sent))
