"""Rules: a host's own, else the installation's, else the defaults."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.alerts.repository import rules as repository
from spotfi_cloud.alerts.repository.rules import AlertRule
from spotfi_cloud.alerts.rules import DEFAULTS, OF_THE_INSTALLATION, UNITS, AlertKind, Rule, Severity
from spotfi_cloud.hosts import service as hosts
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import NotFoundError, RejectedError
from spotfi_cloud.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class RuleView:
    """The rule that holds for a kind, and where it comes from: `host`, `installation` or `default`."""

    kind: AlertKind
    source: str
    rule: Rule


class RuleBook:
    """Every rule there is."""

    def __init__(self, rows: Iterable[AlertRule]) -> None:
        self._rules = {(row.host_id, row.kind): _rule_of(row) for row in rows}

    def find(self, kind: AlertKind, host_id: UUID | None) -> RuleView:
        """The rule that holds for a kind and what belongs to a host (None: to the ISP)."""
        own = None if host_id is None else self._rules.get((host_id, kind))
        if own is not None:
            return RuleView(kind, "host", own)
        common = self._rules.get((None, kind))
        return RuleView(kind, "default", DEFAULTS[kind]) if common is None else RuleView(kind, "installation", common)

    def rule_of(self, kind: AlertKind, host_id: UUID | None) -> Rule:
        return self.find(kind, host_id).rule

    def least_threshold(self, kind: AlertKind) -> float:
        """The lowest figure that any rule of the kind takes for bad."""
        rules = [DEFAULTS[kind], *(rule for (_, known), rule in self._rules.items() if known == kind)]
        return min(rule.threshold for rule in rules if rule.threshold is not None)

    def shortest_clearing_s(self, kind: AlertKind) -> int:
        rules = [DEFAULTS[kind], *(rule for (_, known), rule in self._rules.items() if known == kind)]
        return min(rule.clear_duration_s for rule in rules)


async def read_rulebook(session: AsyncSession) -> RuleBook:
    """The rules as they are now."""
    return RuleBook(await repository.list_rules(session))


async def list_rules(session: AsyncSession, scope: Scope, host_id: UUID | None) -> list[RuleView]:
    """The rules that hold for a host, or (None) for the installation. NotFoundError for a host out of scope."""
    if host_id is not None:
        await hosts.get_host(session, scope, host_id)
    book = RuleBook(await repository.list_for(session, host_id))
    return [book.find(kind, host_id) for kind in AlertKind if host_id is None or kind not in OF_THE_INSTALLATION]


async def put_rule(
    session: AsyncSession, scope: Scope, host_id: UUID | None, name: str, changes: dict[str, Any], *, clock: Clock
) -> RuleView:
    """Set a rule: what is not given stays as it holds. NotFoundError for a host out of scope or an unknown kind,
    RejectedError for thresholds that contradict each other."""
    kind = await _kind_of(session, scope, host_id, name)
    before = RuleBook(await repository.list_for(session, host_id)).rule_of(kind, host_id)
    fields = asdict(before) | changes
    _check(kind, fields)
    row = await repository.lock_rule(session, host_id, kind)
    if row is None:
        row = AlertRule(id=new_id(), host_id=host_id, kind=kind, changed_at=clock.now(), **fields)
        await repository.add_rule(session, row)
    for field, value in (fields | {"changed_at": clock.now()}).items():
        setattr(row, field, value)
    return RuleView(kind, "installation" if host_id is None else "host", _rule_of(row))


async def reset_rule(session: AsyncSession, scope: Scope, host_id: UUID | None, name: str) -> None:
    """Let the more general rule hold again. NotFoundError for a host out of scope or an unknown kind."""
    kind = await _kind_of(session, scope, host_id, name)
    row = await repository.lock_rule(session, host_id, kind)
    if row is not None:
        await repository.delete_rule(session, row.id)


async def _kind_of(session: AsyncSession, scope: Scope, host_id: UUID | None, name: str) -> AlertKind:
    if host_id is not None:
        await hosts.get_host(session, scope, host_id, lock=True)
    known = name in AlertKind.__members__.values()
    if not known or (host_id is not None and AlertKind(name) in OF_THE_INSTALLATION):
        msg = "There is no such alert; GET /alert-rules lists the kinds."
        raise NotFoundError(msg)
    return AlertKind(name)


def _check(kind: AlertKind, fields: dict[str, Any]) -> None:
    threshold, clear = fields["threshold"], fields["clear_threshold"]
    if kind not in UNITS:
        if threshold is not None or clear is not None:
            msg = f"{kind} has no figure, so it takes no threshold."
            raise RejectedError(msg, field="threshold")
    elif threshold is None or clear is None:
        msg = f"{kind} needs a threshold and a threshold to clear at."
        raise RejectedError(msg, field="threshold" if threshold is None else "clear_threshold")
    elif clear > threshold:
        msg = "It is cleared below the threshold it is raised at: give a clear_threshold of at most that."
        raise RejectedError(msg, field="clear_threshold")


def _rule_of(row: AlertRule) -> Rule:
    return Rule(
        Severity(row.severity),
        row.threshold,
        row.clear_threshold,
        row.duration_s,
        row.clear_duration_s,
        row.enabled,
    )
