"""What makes a time zone and a currency one. Pure."""

import zoneinfo
from functools import cache

# ISO 4217, list one, of national currencies in use; funds, metals and test codes are left out.
_CODES = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP "
    "LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR "
    "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF "
    "XPF YER ZAR ZMW ZWG "
)
_CURRENCIES = frozenset(_CODES.split())


@cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def known_timezone(name: str) -> str:
    """The name of an IANA time zone, unchanged. ValueError for any other text."""
    if name not in _timezones():
        msg = "it is not an IANA time zone, such as Europe/Vienna"
        raise ValueError(msg)
    return name


def known_currency(code: str) -> str:
    """An ISO 4217 code, unchanged. ValueError for any other text."""
    if code not in _CURRENCIES:
        msg = "it is not an ISO 4217 currency code, such as EUR"
        raise ValueError(msg)
    return code
