"""The kinds of NAS we speak to. What a kind means on the wire is decided in this package and nowhere else."""

from enum import StrEnum


class NasKind(StrEnum):
    """Which captive portal or router sends the RADIUS requests."""

    AGENT = "agent"
    USPOT = "uspot"
    COOVACHILLI = "coovachilli"
    OPENNDS = "opennds"
    MIKROTIK = "mikrotik"
    GENERIC = "generic"

    @property
    def runs_agent(self) -> bool:
        """Whether a router of this kind can run spotfi-agent (the portals of OpenWrt can)."""
        return self not in {NasKind.MIKROTIK, NasKind.GENERIC}

    @property
    def counts_for_guest(self) -> bool:
        """Whether Acct-Input-Octets is what the guest *received*: CoovaChilli's default, the reverse of RFC 2866 §5.3."""
        return self is NasKind.COOVACHILLI

    @property
    def obeys_accounting_responses(self) -> bool:
        """Whether limits in an Accounting-Response hold from then on: CoovaChilli with `acctupdate`, and nobody else."""
        return self is NasKind.COOVACHILLI
