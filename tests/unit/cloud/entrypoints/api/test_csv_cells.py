"""No text of a CSV file is a formula."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from spotfi_cloud.entrypoints.api.csv_export import cell, lines


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_text_comes_back_and_is_never_a_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(lines([[cell(text), "x"]]).decode(), newline=""))
    assert row[0] in {text, f"'{text}"}
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_values_that_are_no_text() -> None:
    values: list[object] = [None, True, -5, 1.5, {"a": [1]}, []]
    assert [cell(value) for value in values] == ["", "true", "-5", "1.5", '{"a": [1]}', "[]"]
