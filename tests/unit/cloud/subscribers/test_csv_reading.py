"""Files of subscribers as spreadsheets and people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.subscribers.csv_reading import Line, Problem, decode, read

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize("data", ["Jürgen".encode(), "Jürgen".encode("utf-8-sig")])
def test_utf_8_is_read_with_and_without_its_mark(data: bytes) -> None:
    assert decode(data) == "Jürgen"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("latin-1", "line 2.*Latin-1"), ("cp1252", "Latin-1")],
)
def test_other_encodings_are_refused_with_what_to_do(encoding: str, told: str) -> None:
    with pytest.raises(RejectedError, match=f"{told}.*CSV UTF-8"):
        decode("username,password\nJürgen,geheim\n".encode(encoding))


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_lines_are_read_whatever_the_delimiter(delimiter: str) -> None:
    head = ["username", "Password", "plan", "valid_until", "disabled"]
    cells = ["ada", '"a;b,""c"', "Day pass", "2026-07-01 18:00", "yes"]
    text = f"{delimiter.join(head)}\r\n{delimiter.join(cells)}\r\n\r\n"
    until = datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert read(text, VIENNA) == ([Line(2, "ada", 'a;b,"c', "Day pass", None, until, True)], [])


def test_every_bad_cell_is_told_with_its_line_and_column() -> None:
    text = "username,password,valid_from\nada,x,\n ada,,soon\nada,y,2026-01-01\nbob\n"
    lines, problems = read(text, VIENNA)
    assert [line.number for line in lines] == [2, 4]
    assert [(problem.line, problem.column) for problem in problems] == [
        (3, "username"), (3, "password"), (3, "valid_from"), (5, ""), (4, "username"),
    ]  # fmt: skip
    assert problems[-1] == Problem(4, "username", "This username is in line 2 already.")


def test_what_our_export_made_of_a_formula_is_read_back() -> None:
    (line,), _ = read("username,password\n'=1+1,'quoted'\n", VIENNA)
    assert (line.username, line.password) == ("=1+1", "'quoted'")


@pytest.mark.parametrize("head", ["", "username", "username,password,pasword", "username,password,username", "a;b"])
def test_a_header_that_does_not_say_what_is_what_is_refused(head: str) -> None:
    with pytest.raises(RejectedError, match="names the columns"):
        read(f"{head}\nada,x\n", VIENNA)


def test_a_quote_that_is_never_closed_is_a_line_that_is_told() -> None:
    _, problems = read('username,password\nada,x\nbob,"y\n', VIENNA)
    assert problems
    assert "no CSV" in problems[0].message


def test_there_is_an_end_to_what_is_taken() -> None:
    with pytest.raises(RejectedError, match="50000"):
        read("username,password\n" + "a,b\n" * 50_001, VIENNA)
