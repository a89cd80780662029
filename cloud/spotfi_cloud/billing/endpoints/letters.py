"""E-mails about documents over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.billing import service
from spotfi_cloud.billing.schemas.payments import LetterIn, LetterList, LetterOut, SentOut
from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.kernel.errors import ConflictError
from spotfi_cloud.storage.request import RequestSession

router = APIRouter()


@router.post("/invoices/{invoice_id}/send", status_code=202)
async def send_document(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    once: Once,
    invoice_id: UUID,
    body: LetterIn | None = None,
) -> SentOut:
    """Have an issued document sent by e-mail, as a PDF. Admin only; 409 where the installation has no mail server."""
    state, recipient = request.app.state, (body or LetterIn()).recipient

    async def send() -> SentOut:
        to = await service.send_document(session, scope, invoice_id, recipient, clock=state.clock)
        if not state.sends_mail:
            msg = "This installation has no mail server: set SPOTFI_SMTP_URL."
            raise ConflictError(msg)
        return SentOut(recipient=to)

    return await once(SentOut, send)


@router.get("/invoices/{invoice_id}/letters")
async def list_letters(session: RequestSession, scope: RequestScope, invoice_id: UUID) -> LetterList:
    """The e-mails that went out about a document, and when they were ordered."""
    found = await service.list_letters(session, scope, invoice_id)
    return LetterList(items=[LetterOut.model_validate(letter) for letter in found])
