"""Which reminder is due, and that every language says the same things."""

import json
import re
from importlib import resources

import pytest

from spotfi_cloud.billing.rules import due_reminder


@pytest.mark.parametrize(
    ("days", "last", "step"),
    [(2, None, None), (3, None, 3), (9, 3, None), (10, 3, 10), (30, None, 21), (30, 21, None), (30, 3, 21)],
)
def test_only_the_latest_that_is_due_and_was_not_sent(days: int, last: int | None, step: int | None) -> None:
    assert due_reminder(days, (3, 10, 21), last) == step


def test_without_a_schedule_nobody_is_reminded() -> None:
    assert due_reminder(1000, (), None) is None


def test_every_language_has_the_same_texts_with_the_same_values() -> None:
    folder = resources.files("spotfi_cloud.billing.letters")
    texts = {file.name: json.loads(file.read_text()) for file in folder.iterdir() if file.name.endswith(".json")}
    assert len(texts) == 5
    values = {name: {key: sorted(re.findall(r"{\w+}", text)) for key, text in of.items()} for name, of in texts.items()}
    assert all(each == values["en.json"] for each in values.values())
