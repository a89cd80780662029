"""Which NAS a request comes from: over UDP by NAS-Identifier, else by source address, proved by its secret; over RadSec by the
certificate it showed, where the secret is the same for all (RFC 6614 §2.3).

A NAS marked legacy may leave its Access-Request unsigned, and then anybody can send one in its name. That must not teach
him anything: the reply to CHAP, or to a request without password, would tell whether a guess was right. So it is taken
only from the address the router is known by, where the reply goes to the NAS itself, or where User-Password, which nobody
can make without the secret, is what is asked about.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from spotfi_cloud.kernel.errors import PeerError
from spotfi_cloud.radius.attributes import Attr
from spotfi_cloud.radius.authenticity import verify_request
from spotfi_cloud.radius.codes import Code
from spotfi_cloud.radius.errors import PacketError, UnauthenticPacketError
from spotfi_cloud.radius.packet import Packet
from spotfi_cloud.routers.nas import Nas

_RADSEC_SECRET = b"radsec"


class UnknownNasError(PeerError):
    """No router goes by the request's NAS-Identifier, nor has the address it came from."""

    code = "unknown_nas"


class NasDirectory:
    """Every NAS that may speak RADIUS, in memory; replaced as a whole."""

    def __init__(self) -> None:
        self._by_identifier: dict[bytes, Nas] = {}
        self._by_address: dict[str, list[Nas]] = {}
        self._by_certificate: dict[str, Nas] = {}

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
        self._by_certificate = {
            nas.radsec_certificate_sha256: replace(nas, secret=_RADSEC_SECRET)
            for nas in self._by_identifier.values()
            if nas.radsec_certificate_sha256 is not None
        }

    def admits(self, certificate_sha256: str) -> bool:
        """Whether a NAS has the certificate of this fingerprint."""
        return certificate_sha256 in self._by_certificate

    def claimed(self, request: Packet) -> Nas | None:
        """The NAS a request names, whether or not it is that one's: for counting."""
        return self._by_identifier.get(request.get(Attr.NAS_IDENTIFIER) or b"")

    def identify(self, request: Packet, source: str, certificate_sha256: str | None = None) -> Nas:
        """The NAS that made this request. Raises UnknownNasError, or PacketError where no candidate's secret fits.

        `source` is the address it came from, that of IPv4 never in its IPv6 form.
        """
        if certificate_sha256 is not None:
            return self._identify_by_certificate(request, certificate_sha256)
        failure: PacketError | None = None
        for nas in self._candidates(request, source):
            try:
                verify_request(request, nas.secret, message_authenticator_required=not nas.legacy_radius)
                _check_unsigned(request, nas, source)
            except UnauthenticPacketError as error:
                failure = failure or error
            else:
                return nas
        if failure is not None:
            raise failure
        msg = f"No router is known by this request's NAS-Identifier, nor by its address {source}."
        raise UnknownNasError(msg)

    def _identify_by_certificate(self, request: Packet, certificate_sha256: str) -> Nas:
        nas = self._by_certificate.get(certificate_sha256)
        if nas is None:
            msg = "No router has the certificate that was shown."
            raise UnknownNasError(msg)
        verify_request(request, nas.secret, message_authenticator_required=False)  # TLS signs what it carries
        return nas

    def _candidates(self, request: Packet, source: str) -> Sequence[Nas]:
        named = self._by_identifier.get(request.get(Attr.NAS_IDENTIFIER) or b"")
        return [named] if named is not None else self._by_address.get(source, ())


def _check_unsigned(request: Packet, nas: Nas, source: str) -> None:
    if request.code != Code.ACCESS_REQUEST or Attr.MESSAGE_AUTHENTICATOR in request:
        return
    if nas.address is not None:
        if nas.address != source:
            reason, message = "unsigned_from_elsewhere", f"an unsigned request of {nas.name} came from {source}"
            raise UnauthenticPacketError(reason, message)
    elif Attr.USER_PASSWORD not in request:
        reason, message = "unsigned_without_password", "an unsigned request whose NAS has no fixed address needs PAP"
        raise UnauthenticPacketError(reason, message)
