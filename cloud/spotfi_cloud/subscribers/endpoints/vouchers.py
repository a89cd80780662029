"""Vouchers over HTTP. One voucher is a subscriber: `/subscribers/{id}` revokes it, shows its usage, tops it up."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.identity.signed_in import SignedIn
from spotfi_cloud.storage.page_request import PageRequest, sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.subscribers.endpoints.accounts import PasswordSealer
from spotfi_cloud.subscribers.rules import VoucherState
from spotfi_cloud.subscribers.service import vouchers as service
from spotfi_cloud.subscribers.service.voucher_paper import MOST_SLIPS, sheet_of, slips_of
from spotfi_cloud.subscribers.voucher_schemas import MOST_VOUCHERS, VoucherBatchIn, VoucherBatchOut, VoucherOut
from spotfi_cloud.subscribers.voucher_sheet import render_pdf

router = APIRouter(prefix="/voucher-batches", tags=["vouchers"], dependencies=[can(Area.GUESTS)])


@router.get("")
async def list_voucher_batches(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("created_at")],
    host_id: Annotated[UUID | None, Query(description="Only this host's.")] = None,
) -> Page[VoucherBatchOut]:
    """Batches of vouchers with what became of them, newest first. A Host sees its own."""
    found = await service.list_batches(session, scope, page, host_id=host_id)
    counts = await service.count_states(session, found.items, clock=request.app.state.clock)
    return found.to_page(lambda batch: VoucherBatchOut.of(batch, counts[batch.id]))


@router.post("", status_code=201)
async def create_voucher_batch(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    principal: SignedIn,
    sealer: PasswordSealer,
    once: Once,
    body: VoucherBatchIn,
) -> VoucherBatchOut:
    """Make up to 10,000 vouchers. They count as sold when they are first used."""
    clock = request.app.state.clock

    async def create() -> VoucherBatchOut:
        wanted = service.NewBatch(**body.model_dump(), account_id=principal.account_id)
        batch = await service.create_batch(session, scope, wanted, sealer=sealer, clock=clock)
        return VoucherBatchOut.of(batch, (await service.count_states(session, [batch], clock=clock))[batch.id])

    return await once(VoucherBatchOut, create)


@router.get("/{batch_id}")
async def get_voucher_batch(
    request: Request, session: RequestSession, scope: RequestScope, batch_id: UUID
) -> VoucherBatchOut:
    """One batch, and what became of its vouchers."""
    batch = await service.get_batch(session, scope, batch_id)
    counts = await service.count_states(session, [batch], clock=request.app.state.clock)
    return VoucherBatchOut.of(batch, counts[batch.id])


@router.post("/{batch_id}/revoke")
async def revoke_voucher_batch(
    request: Request, session: RequestSession, scope: RequestScope, batch_id: UUID
) -> VoucherBatchOut:
    """Let nobody in by any voucher of the batch any more, and end what is open."""
    clock = request.app.state.clock
    batch = await service.revoke_batch(session, scope, batch_id, clock=clock)
    return VoucherBatchOut.of(batch, (await service.count_states(session, [batch], clock=clock))[batch.id])


@router.get("/{batch_id}/vouchers")
async def list_vouchers(
    *,
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    page: PageRequest,
    batch_id: UUID,
    state: Annotated[VoucherState | None, Query(description="Only those in this state.")] = None,
) -> Page[VoucherOut]:
    """The vouchers of a batch by number; `format=csv` for a file of them."""
    clock = request.app.state.clock
    batch = await service.get_batch(session, scope, batch_id)
    found = await service.list_vouchers(session, batch, page, state=state, clock=clock)
    return found.to_page(lambda voucher: VoucherOut.of(voucher, batch, clock.now()))


@router.get(
    "/{batch_id}/pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_vouchers_pdf(
    request: Request,
    session: RequestSession,
    scope: RequestScope,
    batch_id: UUID,
    first: Annotated[
        int, Query(ge=1, le=MOST_VOUCHERS, description=f"Number of the first one; up to {MOST_SLIPS} follow.")
    ] = 1,
) -> Response:
    """Unused vouchers on A4 sheets to cut, with QR codes that open the portal page with the code filled in."""
    state = request.app.state
    batch = await service.get_batch(session, scope, batch_id)
    last = first + MOST_SLIPS - 1
    codes = await service.printable_codes(session, batch, first, last, clock=state.clock)
    sheet = await sheet_of(session, batch, public_url=state.public_url, default_zone=state.timezone)
    pdf = await asyncio.to_thread(render_pdf, sheet, slips_of(batch, codes))
    headers = {"Content-Disposition": f'inline; filename="vouchers-{first}-{min(last, batch.count)}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
