"""The worked example of docs/BILLING.md, computed from its own figures by the rules that bill."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spotfi_cloud.billing.rules import (
    Bill,
    Direction,
    Line,
    LineKind,
    LocalMonth,
    Month,
    Presence,
    TaxGroup,
    Usage,
    credit_bill,
    cut,
    late_lines,
    rate_month,
    sum_up,
)
from spotfi_cloud.billing.schemas.tariffs import TariffIn
from spotfi_cloud.kernel.money import Money
from spotfi_cloud.kernel.periods import month_of

GUIDE = (Path(__file__).parents[4] / "docs" / "BILLING.md").read_text()
_LATE = LineKind.LATE_USAGE


def example() -> dict[str, Any]:
    block = re.search(r"```json\n(.+?)```", GUIDE, re.DOTALL)
    assert block is not None
    given: dict[str, Any] = json.loads(block[1])
    return given


def table_after(heading: str) -> list[list[str]]:
    """The rows of the first table after a heading, less its head."""
    rows = GUIDE[GUIDE.index(heading) :].split("\n|", 1)[1].split("\n\n", 1)[0].split("\n|")
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def month(given: dict[str, Any]) -> Month:
    zone, label = ZoneInfo(given["timezone"]), given["month"]
    calendar = month_of(label, zone)
    assert calendar.end is not None
    local = LocalMonth(label, zone, calendar.start, calendar.end)
    tariffs = [TariffIn.model_validate(each) for each in given["tariffs"]]
    names = {name: UUID(int=number) for number, name in enumerate(given["routers"])}
    presences = tuple(
        Presence(names[name], date.fromisoformat(first).day - 1, local.days) for name, first in given["routers"].items()
    )
    stretches = cut(local, [(each.valid_from, each.terms()) for each in tariffs])
    return Month(local.days, stretches, presences, tuple(usage(names, given["usage"])))


def usage(names: dict[str, UUID], rows: list[list[Any]]) -> list[Usage]:
    return [Usage(stretch, names[name], up_gb * 10**9, down_gb * 10**9) for stretch, name, up_gb, down_gb in rows]


def shown(amount_minor: int) -> str:
    return str(Money(amount_minor, "EUR")).removesuffix(" EUR")


def amounts(lines: tuple[Line, ...] | list[Line]) -> list[list[str]]:
    return [[line.kind.value, shown(line.amount_minor)] for line in lines]


def sums(bill: Bill) -> list[list[str]]:
    return [
        ["subtotal", shown(bill.subtotal_minor)],
        ["tax", shown(bill.tax_minor)],
        ["total", shown(bill.total_minor)],
    ]


def test_the_month_of_the_guide_costs_what_the_guide_says() -> None:
    bill = rate_month(month(example()))[Direction.CHARGE]
    assert [[row[0], row[-1]] for row in table_after("### The month")] == [*amounts(bill.lines), *sums(bill)]


def test_its_late_usage_and_its_credit_note_too() -> None:
    given = example()
    billed = month(given)
    names = {name: UUID(int=number) for number, name in enumerate(given["routers"])}
    late = late_lines(given["month"], billed, usage(names, given["late"]))[Direction.CHARGE]
    assert [[row[0], row[-1]] for row in table_after("### What came late")] == amounts(late)
    bill = rate_month(billed)[Direction.CHARGE]
    groups: list[TaxGroup] = list(bill.taxes)
    line = Line(LineKind.CREDIT, given["credit_minor"], bill.lines[0].tax)
    credit = credit_bill(groups, [], [line])
    assert [[row[0], row[-1]] for row in table_after("### A credit note")] == sums(credit)


def test_late_usage_costs_what_it_would_have_cost_in_its_month() -> None:
    given = example()
    late = late_lines(given["month"], month(given), usage({"Bar": UUID(int=0), "Garden": UUID(int=1)}, given["late"]))
    whole = month({**given, "usage": given["usage"] + given["late"]})
    before, after = (rate_month(each)[Direction.CHARGE].subtotal_minor for each in (month(given), whole))
    assert sum_up(late[Direction.CHARGE]).subtotal_minor == after - before
