"""E-mails about documents: the document itself, and reminders of what is overdue. Ordered here, sent by the outbox."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.letters import text_in
from spotfi_cloud.billing.repository import invoices, letters
from spotfi_cloud.billing.repository.invoices import Invoice
from spotfi_cloud.billing.repository.letters import DOCUMENT, REMINDER, InvoiceLetter
from spotfi_cloud.billing.rules import REMINDER_DAYS, ShownState, due_reminder
from spotfi_cloud.billing.service.documents import get_pdf
from spotfi_cloud.billing.service.invoices import get_invoice, state_of
from spotfi_cloud.billing.service.parties import Parties, get_own_details, read_parties
from spotfi_cloud.billing.service.payments import balance_of, require_issued
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.service.letters import Attachment, Letter, order_letter
from spotfi_cloud.kernel.clock import Clock
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.kernel.money import Money

_SENT_WITHIN = timedelta(days=3)
"""What was issued longer ago is sent by nobody but people: who turns the sending on wants no old documents sent."""
_ON_ISSUE = 0


async def send_document(
    session: AsyncSession, scope: Scope, invoice_id: UUID, recipient: str | None, *, clock: Clock
) -> str:
    """Have an issued document sent to the recipient, or (None) to its host's billing e-mail; to whom it goes."""
    invoice = await get_invoice(session, scope, invoice_id)
    require_issued(invoice)
    parties, known = await _recipient(session, invoice)
    if recipient is None and known is None:
        msg = "This host has no e-mail address in its billing details: set one, or name a recipient."
        raise ConflictError(msg, field="recipient")
    await _order_document(session, invoice, parties, str(recipient or known), None, clock=clock)
    return str(recipient or known)


async def list_letters(session: AsyncSession, scope: Scope, invoice_id: UUID) -> Sequence[InvoiceLetter]:
    """The e-mails that went out about a document, oldest first."""
    invoice = await get_invoice(session, scope, invoice_id)
    return await letters.letters_of(session, invoice.id)


async def documents_to_send(session: AsyncSession, *, clock: Clock) -> Sequence[UUID]:
    """The documents to send because they were issued; none unless the installation's details say so."""
    if not (await get_own_details(session)).get("send_documents"):
        return []
    return await letters.unsent_documents(session, clock.now() - _SENT_WITHIN)


async def send_issued(session: AsyncSession, invoice_id: UUID, *, clock: Clock) -> bool:
    """Have a document sent because it was issued, once; whether there is an address to send it to."""
    invoice = await get_invoice(session, Scope.everything(), invoice_id)
    parties, recipient = await _recipient(session, invoice)
    return recipient is not None and await _order_document(session, invoice, parties, recipient, _ON_ISSUE, clock=clock)


async def reminders_to_send(session: AsyncSession, *, clock: Clock) -> list[tuple[UUID, int]]:
    """(invoice, days after it was due) of the reminders that are to be sent now."""
    schedule = (await get_own_details(session)).get("reminder_days", REMINDER_DAYS)
    found = await letters.overdue_invoices(session, clock.now())
    steps = [(each, due_reminder((each.today - each.due_on).days, schedule, each.last_step)) for each in found]
    return [(each.invoice_id, step) for each, step in steps if step is not None]


async def send_reminder(session: AsyncSession, invoice_id: UUID, step: int, *, clock: Clock) -> bool:
    """Have a reminder sent, once; not where the invoice was paid meanwhile, or nobody is known to send it to."""
    invoice = await get_invoice(session, Scope.everything(), invoice_id)
    parties, recipient = await _recipient(session, invoice)
    if recipient is None or state_of(invoice, clock.now()) is not ShownState.OVERDUE:
        return False
    if not await letters.note_letter(session, invoice.id, REMINDER, step, recipient, now=clock.now()):
        return False
    letter = await _write(session, invoice, parties, "reminder", recipient)
    await order_letter(session, letter, clock=clock)
    return True


async def _order_document(
    session: AsyncSession, invoice: Invoice, parties: Parties, recipient: str, step: int | None, *, clock: Clock
) -> bool:
    if not await letters.note_letter(session, invoice.id, DOCUMENT, step, recipient, now=clock.now()):
        return False
    await order_letter(session, await _write(session, invoice, parties, invoice.kind, recipient), clock=clock)
    return True


async def _recipient(session: AsyncSession, invoice: Invoice) -> tuple[Parties, str | None]:
    """Where the document goes: what its host's billing details say now."""
    (host,) = await invoices.hosts_with(session, [invoice.host_id])
    parties = await read_parties(session, [host])
    return parties, parties.host(host).get("email")


async def _write(session: AsyncSession, invoice: Invoice, parties: Parties, about: str, recipient: str) -> Letter:
    """The letter, in the document's language, with its file."""
    values = {
        "reference": str(invoice.reference),
        "period": invoice.period,
        "amount": str(Money(invoice.total_minor, invoice.currency)),
        "balance": str(Money(balance_of(invoice), invoice.currency)),
        "due_on": "" if invoice.due_on is None else invoice.due_on.isoformat(),
    }
    subject = text_in(invoice.language, f"{about}_subject", values)
    text = text_in(invoice.language, f"{about}_text", values)
    name = f"{invoice.reference}.pdf".replace("/", "-")
    signed = f"{text}\n\n{parties.own.get('legal_name') or 'SpotFi'}\n"
    return Letter(recipient, subject, signed, Attachment(name, await get_pdf(session, invoice)))
