"""Single clients on the wire: rows, not columns, because they are read rarely. Pure; the `unpack` side trusts nothing.

A reading is the number of its sample and, by interface, rows of [address, signal, rx rate, tx rate, rx bytes, tx bytes];
rates in units of 100 kbit/s.
"""

from typing import Any

from spotfi_protocol.columns import check_text
from spotfi_protocol.fields import reject
from spotfi_protocol.samples import Client

MAX_CLIENTS = 512
"""Most clients of one reading."""
_ROW = 6
_MOST = (1 << 63) - 1
_RATE_UNIT_KBPS = 100


def pack_clients(clients: dict[str, Client]) -> dict[str, list[list[Any]]]:
    by_interface: dict[str, list[list[Any]]] = {}
    for address, client in clients.items():
        rates = (_in_units(client.rx_rate_kbps), _in_units(client.tx_rate_kbps))
        row = [address, client.signal_dbm, *rates, client.rx_bytes, client.tx_bytes]
        by_interface.setdefault(client.interface, []).append(row)
    return by_interface


def unpack_readings(readings: object, count: int) -> dict[int, dict[str, Client]]:
    """The clients by the number of their sample. ProtocolError where they are not that."""
    if not isinstance(readings, list) or len(readings) > count:
        reject("clients", f"a list of at most {count} readings")
    unpacked: dict[int, dict[str, Client]] = {}
    for reading in readings:
        match reading:
            case [int(at), dict(by_interface)] if 0 <= at < count and at not in unpacked:
                unpacked[at] = _unpack_reading(by_interface)
            case _:
                reject("clients", "readings with the number of their sample")
    return unpacked


def _unpack_reading(by_interface: dict[str, Any]) -> dict[str, Client]:
    clients: dict[str, Client] = {}
    for interface, rows in by_interface.items():
        check_text("clients", interface)
        if not isinstance(rows, list) or len(clients) + len(rows) > MAX_CLIENTS:
            reject("clients", f"at most {MAX_CLIENTS}")
        for row in rows:
            if not isinstance(row, list) or len(row) != _ROW:
                reject("clients", f"rows of {_ROW}")
            check_text("clients", row[0])
            clients[row[0]] = _to_client(interface, row[1:])
    return clients


def _to_client(interface: str, values: list[Any]) -> Client:
    signal_dbm, rx_rate, tx_rate, rx_bytes, tx_bytes = values
    for value in values[1:]:
        if value is not None and (type(value) is not int or not 0 <= value <= _MOST):
            reject("clients", "counted in whole numbers from 0 to 2^63-1")
    if signal_dbm is not None and (type(signal_dbm) is not int or not -_MOST <= signal_dbm <= _MOST):
        reject("clients", "of a signal in whole dBm")
    return Client(interface, signal_dbm, _in_kbps(rx_rate), _in_kbps(tx_rate), rx_bytes, tx_bytes)


def _in_units(rate_kbps: int | None) -> int | None:
    return None if rate_kbps is None else round(rate_kbps / _RATE_UNIT_KBPS)


def _in_kbps(units: int | None) -> int | None:
    return None if units is None else units * _RATE_UNIT_KBPS
