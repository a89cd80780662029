"""A CSV file of subscribers (RFC 4180, UTF-8, `,` or `;`) as checked lines, or what is wrong with each bad one. Pure.

Spreadsheets write other encodings too; guessing one would garble names for good, so the file is refused with what to do.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from spotfi_cloud.kernel.errors import RejectedError
from spotfi_cloud.subscribers.fields import Instant, Password, Username

COLUMNS = ("username", "password", "plan", "valid_from", "valid_until", "disabled")
_NEEDED = ("username", "password")
MOST_LINES = 50_000
MOST_PROBLEMS = 1000
_SAVE_AS_UTF8 = "Save it again as 'CSV UTF-8'."
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0", ""})
T = TypeVar("T")
_username, _password, _instant = TypeAdapter(Username), TypeAdapter(Password), TypeAdapter(Instant)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell. `line`: as a text editor counts them, the header being 1; `column`: "" for the whole line."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line that fits. `plan`: name or id as written; "" where none is."""

    number: int
    username: str
    password: str
    plan: str
    valid_from: datetime | None
    valid_until: datetime | None
    disabled: bool


def decode(data: bytes) -> str:
    """The text of a file. RejectedError for anything but UTF-8, with what it seems to be."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:1000]:
        msg = f"The file is UTF-16. {_SAVE_AS_UTF8}"
        raise RejectedError(msg, field="body")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        msg = f"The file is not UTF-8 (line {line}); it seems to be Latin-1 or Windows-1252. {_SAVE_AS_UTF8}"
        raise RejectedError(msg, field="body") from None


def read(text: str, zone: ZoneInfo) -> tuple[list[Line], list[Problem]]:
    """(lines that fit, what is wrong with the others). Instants without an offset are the zone's wall clock.

    RejectedError where the header does not say which columns there are, or there are more than MOST_LINES lines.
    """
    head = text.split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    lines: list[Line] = []
    problems: list[Problem] = []
    try:
        columns = _columns(next(reader, []))
        for cells in reader:
            if not any(cells):
                continue
            if len(lines) + len(problems) >= MOST_LINES:
                msg = f"A file may have {MOST_LINES} lines at most."
                raise RejectedError(msg, field="body")
            found = _line(reader.line_num, columns, cells, zone)
            lines.append(found) if isinstance(found, Line) else problems.extend(found)
    except csv.Error as error:
        problems.append(Problem(reader.line_num, "", f"This line is no CSV: {error}. What follows was not read."))
    problems.extend(_twice(lines))
    return lines, problems


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    unknown = sorted(set(columns) - set(COLUMNS))
    missing = [name for name in _NEEDED if name not in columns]
    if unknown or missing or len(set(columns)) != len(columns):
        wrong = (
            f"'{unknown[0]}' is none of them"
            if unknown
            else f"'{missing[0]}' is missing"
            if missing
            else "one is there twice"
        )
        msg = f"The first line names the columns, out of {', '.join(COLUMNS)}: {wrong[:200]}."
        raise RejectedError(msg, field="body")
    return columns


def _line(number: int, columns: list[str], cells: list[str], zone: ZoneInfo) -> Line | list[Problem]:
    if len(cells) != len(columns):
        return [Problem(number, "", f"There are {len(cells)} cells; the first line names {len(columns)} columns.")]
    given = dict(zip(columns, map(_meant, cells), strict=True))
    problems: list[Problem] = []

    def take(column: str, parse: Callable[[str], T], otherwise: T) -> T:
        try:
            return parse(given.get(column, ""))
        except ValidationError as error:
            problems.append(Problem(number, column, _sentence(error)))
        except ValueError as error:
            problems.append(Problem(number, column, str(error)))
        return otherwise

    line = Line(
        number,
        take("username", _username.validate_python, ""),
        take("password", lambda text: _password.validate_python(text).get_secret_value(), ""),
        given.get("plan", "").strip(),
        take("valid_from", lambda text: _parse_instant(text, zone), None),
        take("valid_until", lambda text: _parse_instant(text, zone), None),
        take("disabled", _parse_flag, False),
    )
    return problems or line


def _meant(cell: str) -> str:
    """Without the apostrophe that our own export puts before what a spreadsheet would take for a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS) else cell


def _sentence(error: ValidationError) -> str:
    text = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
    return f"{text[:1].upper()}{text[1:]}."


def _parse_instant(text: str, zone: ZoneInfo) -> datetime | None:
    if not text.strip():
        return None
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        msg = "This is no date, such as 2026-12-31, 2026-12-31 18:00 or 2026-12-31T18:00:00Z."
        raise ValueError(msg) from None
    aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)
    return _instant.validate_python(aware).astimezone(UTC)


def _parse_flag(text: str) -> bool:
    word = text.strip().lower()
    if word not in _YES | _NO:
        msg = "This is neither yes nor no."
        raise ValueError(msg)
    return word in _YES


def _twice(lines: Iterable[Line]) -> list[Problem]:
    first: dict[str, int] = {}
    return [
        Problem(line.number, "username", f"This username is in line {first[line.username]} already.")
        for line in lines
        if first.setdefault(line.username, line.number) != line.number
    ]
