"""Every code a problem document may carry, by HTTP status: those of SpotFi's errors, and the API's own."""

from collections.abc import Iterator

from spotfi_cloud.entrypoints.api.problems import STATUSES, status_of
from spotfi_cloud.kernel.errors import PeerError, SpotFiError

_OWN = {
    400: {"malformed": "The body cannot be read."},
    404: {"no_such_route": "There is nothing at this address."},
    405: {"method_not_allowed": "Not with this method."},
    413: {"body_too_large": "The body has more bytes than are taken."},
    422: {
        "invalid": "A field does not fit; `errors` names each one.",
        "body_too_deep": "The body is nested too deeply.",
    },
    500: {"internal": "Something went wrong on the server and was logged."},
    503: {
        "database_away": "The database does not answer.",
        "schema_outdated": "The database's schema is not this version's.",
        "stopping": "The server is stopping.",
        "timed_out": "The answer took too long to begin.",
    },
}


def codes_by_status() -> dict[int, dict[str, str]]:
    """`{status: {code: meaning}}`, of every error class that is loaded; a peer's broken packet is no answer to anybody."""
    table = {status: dict(codes) for status, codes in _OWN.items()}
    for kind in _kinds(SpotFiError):
        status = status_of(kind)
        if status in STATUSES.values() and not issubclass(kind, PeerError):
            table.setdefault(status, {}).setdefault(kind.code, _meaning(kind))
    return table


def _kinds(root: type[SpotFiError]) -> Iterator[type[SpotFiError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _meaning(kind: type[SpotFiError]) -> str:
    return (kind.__doc__ or kind.__name__).split("\n\n", maxsplit=1)[0].partition(" (HTTP")[0].strip().rstrip(".") + "."
