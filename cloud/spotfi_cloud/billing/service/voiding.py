"""Taking back a host's latest billed month: its documents become void and keep their numbers, and the month is open again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import invoices, months
from spotfi_cloud.billing.repository.invoices import Invoice
from spotfi_cloud.billing.rules import DocumentKind, InvoiceStatus
from spotfi_cloud.billing.service.numbering import hold_numbers
from spotfi_cloud.billing.service.payments import lock_document, require_issued
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import ConflictError


async def void_invoice(session: AsyncSession, scope: Scope, invoice_id: UUID) -> Sequence[Invoice]:
    """Void all documents of the month that the document is of; the next run bills the month anew, as things are then.

    ConflictError unless it is the host's latest month with documents, and nothing of them is paid or credited.
    """
    await hold_numbers(session)  # nobody bills meanwhile
    invoice = await lock_document(session, scope, invoice_id)
    require_issued(invoice)
    if invoice.kind == DocumentKind.CREDIT_NOTE:
        msg = "A credit note stays. Bill again what it took back too much by the next invoice."
        raise ConflictError(msg)
    documents = await invoices.latest_documents(session, invoice.host_id)
    if invoice.id not in {document.id for document in documents}:
        msg = "A later month of this host is billed. Make a credit note instead."
        raise ConflictError(msg)
    if any(document.paid_minor or document.credited_minor for document in documents):
        msg = "Something of this month's documents is paid or credited. Make a credit note instead."
        raise ConflictError(msg)
    for document in documents:
        document.status = InvoiceStatus.VOID.value
    await months.reopen(session, invoice.host_id, invoice.period)
    await session.flush()
    return documents
