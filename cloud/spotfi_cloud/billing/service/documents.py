"""Documents as files: the PDF, and the e-invoice in it."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.documents import attached, cii_of, render_pdf, unfit_because
from spotfi_cloud.billing.paper import Paper
from spotfi_cloud.billing.repository import invoices, logos
from spotfi_cloud.billing.repository.invoices import Invoice
from spotfi_cloud.billing.service.papers import paper_of
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.kernel.errors import ConflictError


async def get_pdf(session: AsyncSession, invoice: Invoice) -> bytes:
    """The file of an issued document, made when it is first asked for and kept; of a draft, one made now."""
    kept = await invoices.find_file(session, invoice.id)
    if kept is not None:
        return kept
    pdf = await asyncio.to_thread(_render, await _paper(session, invoice))
    if invoice.number is None:
        return pdf
    await invoices.keep_file(session, invoice.id, pdf)
    return await invoices.find_file(session, invoice.id) or pdf


async def get_e_invoice(session: AsyncSession, invoice: Invoice) -> bytes:
    """The document's XML by EN 16931, as its file has it. ConflictError, which says what is missing, where it can be none."""
    paper = await _paper(session, invoice)
    reasons = unfit_because(paper)
    if reasons:
        msg = (
            f"This document is no e-invoice. {' '.join(reasons)} Details hold for documents issued after they are set."
        )
        raise ConflictError(msg)
    return attached(await get_pdf(session, invoice)) or cii_of(paper)


async def no_e_invoice_because(session: AsyncSession, invoice: Invoice) -> list[str]:
    """Why the document is no e-invoice, a sentence for each reason; none where it is one."""
    return unfit_because(await _paper(session, invoice))


async def _paper(session: AsyncSession, invoice: Invoice) -> Paper:
    lines = await invoices.lines_of(session, invoice.id)
    logo = None if invoice.logo_digest is None else await logos.find_image(session, invoice.logo_digest)
    if invoice.corrects_id is None:
        return paper_of(invoice, lines, logo=logo)
    original = await invoices.find_invoice(session, Scope.of(invoice.host_id), invoice.corrects_id)
    return paper_of(invoice, lines, original=original, logo=logo)


def _render(paper: Paper) -> bytes:
    return render_pdf(paper, None if unfit_because(paper) else cii_of(paper))
