"""Words, numbers, amounts and dates as a language writes them. Pure.

Digits are the Latin ones in every language, so that amounts and account numbers on one page are read alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_decimal, format_percent

from spotfi_cloud.billing.documents.wording import FALLBACK, languages, texts_in
from spotfi_cloud.kernel.money import minor_exponent

_LOCALES = {"en": "en_001", "pt": "pt_PT"}
"""The region whose habits hold where the language names none."""
_BYTES_PER_GB_EXPONENT = 9


@dataclass(frozen=True, slots=True)
class Formats:
    """One language. `code`: ISO 639; the locale may know the region too."""

    code: str
    locale: Locale

    @property
    def is_rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.locale.text_direction == "rtl"

    def text(self, key: str, /, **values: str) -> str:
        """A text of the catalogue with its values in place."""
        text = str(texts_in(self.code)[key])
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def counted(self, key: str, number: int) -> str:
        """A number with its noun: `3 routers`."""
        forms: dict[str, str] = texts_in(self.code)[key]
        plural: Callable[[int], str] = self.locale.plural_form
        return forms[plural(number)].replace("{number}", self.number(number))

    def number(self, value: int) -> str:
        """A whole number in groups."""
        return format_decimal(value, "#,##0", locale=self.locale)

    def money(self, amount_minor: int, currency: str) -> str:
        """An amount without its currency, with as many decimals as that has."""
        digits = minor_exponent(currency)
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return format_decimal(Decimal(amount_minor).scaleb(-digits), pattern, locale=self.locale)

    def gigabytes(self, volume_bytes: int) -> str:
        """A volume in units of 10⁹ bytes, to the third decimal."""
        return format_decimal(Decimal(volume_bytes).scaleb(-_BYTES_PER_GB_EXPONENT), "#,##0.000", locale=self.locale)

    def percent(self, rate_percent: Decimal) -> str:
        """A rate with the decimals it needs."""
        pattern = str(self.locale.percent_formats[None].pattern).replace("0", "0.####", 1)
        return format_percent(rate_percent.scaleb(-2), pattern, locale=self.locale)

    def day(self, day: date) -> str:
        """A date with its month in words."""
        return format_date(day, "long", locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """A range of days, both inclusive."""
        return format_interval(first, last, "yMMMd", locale=self.locale)

    def month(self, label: str) -> str:
        """A calendar month, from `YYYY-MM`."""
        return format_skeleton("yMMMM", date.fromisoformat(f"{label}-01"), locale=self.locale)

    def country(self, code: str) -> str:
        """A country's name, from ISO 3166-1 alpha-2; the code where it has none."""
        name: Any = self.locale.territories.get(code)
        return str(name or code)


@cache
def formats_of(language: str) -> Formats:
    """The formats of a language (BCP 47); of English where there are no texts in it."""
    code = language.partition("-")[0]
    if code not in languages():
        return formats_of(FALLBACK)
    try:
        locale = Locale.parse(_LOCALES.get(language, language), sep="_" if language in _LOCALES else "-")
    except (UnknownLocaleError, ValueError):  # a region nobody writes the language in
        return formats_of(code)
    return Formats(code, locale)
