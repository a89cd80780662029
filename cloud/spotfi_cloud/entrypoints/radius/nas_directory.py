"""Which NAS a request comes from: by NAS-Identifier, else by source address, proved by its secret."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from spotfi_cloud.kernel.errors import PeerError
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import verify_request
from spotfi_cloud.radius.errors import PacketError, UnauthenticPacketError
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.routers.nas import Nas


class UnknownNasError(PeerError):
    """No router goes by the request's NAS-Identifier, nor has the address it came from."""

    code = "unknown_nas"


class NasDirectory:
    """Every NAS that may speak RADIUS, in memory; replaced as a whole."""

    def __init__(self) -> None:
        self._by_identifier: dict[bytes, Nas] = {}
        self._by_address: dict[str, list[Nas]] = {}

    def __len__(self) -> int:
        return len(self._by_identifier)

    def replace(self, nas_list: Iterable[Nas]) -> None:
        by_address: defaultdict[str, list[Nas]] = defaultdict(list)
        self._by_identifier = {}
        for nas in nas_list:
            self._by_identifier[nas.nas_identifier.encode()] = nas
            if nas.address is not None:
                by_address[nas.address].append(nas)
        self._by_address = dict(by_address)

    def identify(self, request: Packet, source: str) -> Nas:
        """The NAS that made this request. Raises UnknownNasError, or PacketError where no candidate's secret fits."""
        failure: PacketError | None = None
        for nas in self._candidates(request, source):
            try:
                verify_request(request, nas.secret, message_authenticator_required=not nas.legacy_radius)
            except UnauthenticPacketError as error:
                failure = failure or error
            else:
                return nas
        if failure is not None:
            raise failure
        msg = f"No router is known by this request's NAS-Identifier, nor by its address {source}."
        raise UnknownNasError(msg)

    def _candidates(self, request: Packet, source: str) -> Sequence[Nas]:
        named = self._by_identifier.get(request.get(Attr.NAS_IDENTIFIER) or b"")
        return [named] if named is not None else self._by_address.get(source.removeprefix("::ffff:"), ())
