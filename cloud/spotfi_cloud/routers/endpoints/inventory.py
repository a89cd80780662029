"""The inventory over HTTP. Hosts create and run their own routers."""

from datetime import timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.once import Once
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.kernel.sealing import Sealer
from spotfi_cloud.radius.nas_kind import NasKind
from spotfi_cloud.routers import service
from spotfi_cloud.routers.position_schemas import PositionOut, Positions
from spotfi_cloud.routers.schemas import (
    EnrolmentCodeIn,
    EnrolmentCodeOut,
    RadiusSecretOut,
    RouterCreated,
    RouterIn,
    RouterOut,
    RouterPatch,
)
from spotfi_cloud.storage.bodies import SearchText
from spotfi_cloud.storage.page_request import sorted_by
from spotfi_cloud.storage.pages import Page, PageQuery
from spotfi_cloud.storage.request import RequestSession
from spotfi_cloud.storage.version_request import IfMatch, show_version

router = APIRouter(tags=["routers"], dependencies=[can(Area.ROUTERS)])
_FIRST_CODE_LIFE = timedelta(days=1)


def _sealer(request: Request) -> Sealer:
    return Sealer(request.app.state.secret_key, service.RADIUS_SECRET_PURPOSE)


@router.post("/routers", status_code=201)
async def create_router(
    *, request: Request, response: Response, session: RequestSession, scope: RequestScope, once: Once, body: RouterIn
) -> RouterCreated:
    """Create a router. The answer alone shows its enrolment code and its RADIUS secret."""
    return await once(RouterCreated, partial(_create_router, request, response, session, scope, body))


async def _create_router(
    request: Request, response: Response, session: AsyncSession, scope: Scope, body: RouterIn
) -> RouterCreated:
    state = request.app.state
    new = service.NewRouter(
        name=body.name,
        host_id=body.host_id,
        nas_kind=body.nas_kind,
        address=None if body.address is None else str(body.address),
        legacy_radius=body.legacy_radius,
        swapped_counters=body.swapped_counters,
        coa_port=body.coa_port,
        interval_s=body.interval_s,
        latitude=body.latitude,
        longitude=body.longitude,
    )
    created, secret = await service.create_router(session, scope, new, sealer=_sealer(request), clock=state.clock)
    code, expires_at = None, None
    if body.nas_kind.runs_agent:
        code, record = await service.issue_code(
            session, scope, created.id, ca_der=state.ca_der, valid_for=_FIRST_CODE_LIFE, clock=state.clock
        )
        expires_at = record.expires_at
    show_version(response, created)
    shown = RouterOut.of((created, None)).model_dump()
    return RouterCreated(
        **shown,
        enrolment_code=code,
        enrolment_code_expires_at=expires_at,
        cloud_url=state.public_url,
        radius_secret=secret,
    )


@router.get("/routers")
async def list_routers(
    session: RequestSession,
    scope: RequestScope,
    page: Annotated[PageQuery, sorted_by("created_at", "name")],
    *,
    search: Annotated[
        SearchText | None, Query(description="Beginnings of words of name, NAS identifier and address.")
    ] = None,
    host_id: Annotated[UUID | None, Query(description="Only this host's.")] = None,
    nas_kind: Annotated[NasKind | None, Query(description="Only those of this kind.")] = None,
    online: Annotated[bool | None, Query(description="Only those online, or only the others.")] = None,
    attention: Annotated[
        bool | None, Query(description="Only those online that ask for attention, or the others.")
    ] = None,
) -> Page[RouterOut]:
    """Routers, newest first."""
    wanted = service.RouterFilter(search, host_id, nas_kind, online, attention)
    return (await service.list_routers(session, scope, page, wanted)).to_page(RouterOut.of)


@router.get("/routers/positions")
async def list_positions(request: Request, session: RequestSession, scope: RequestScope) -> Positions:
    """Every router whose place is known, for a map: where it stands and how it is."""
    items, unplaced = await service.list_positions(session, scope)
    placed = [PositionOut.model_validate(each) for each in items]
    return Positions(items=placed, unplaced=unplaced, tiles_url=request.app.state.map_tiles_url)


@router.get("/routers/{router_id}")
async def get_router(response: Response, session: RequestSession, scope: RequestScope, router_id: UUID) -> RouterOut:
    """One router: whether it is online, what its agent is, and its latest sample."""
    found = await service.get_router(session, scope, router_id)
    show_version(response, found[0])
    return RouterOut.of(found)


@router.patch("/routers/{router_id}")
async def change_router(
    *,
    response: Response,
    session: RequestSession,
    scope: RequestScope,
    expected: IfMatch,
    router_id: UUID,
    body: RouterPatch,
) -> RouterOut:
    """Change a router; a new interval reaches an online agent at once."""
    given = body.given()
    if given.get("address") is not None:
        given["address"] = str(given["address"])
    changes = service.RouterChanges(given)
    changed = await service.change_router(session, scope, router_id, changes, expected=expected)
    show_version(response, changed[0])
    return RouterOut.of(changed)


@router.delete("/routers/{router_id}", status_code=204)
async def delete_router(
    request: Request, session: RequestSession, scope: RequestScope, expected: IfMatch, router_id: UUID
) -> None:
    """Take a router out of the inventory: it is shut out at once; its usage and invoices stay."""
    await service.delete_router(session, scope, router_id, clock=request.app.state.clock, expected=expected)


@router.post("/routers/{router_id}/enrolment-code", status_code=201)
async def issue_enrolment_code(
    request: Request, session: RequestSession, scope: RequestScope, router_id: UUID, body: EnrolmentCodeIn | None = None
) -> EnrolmentCodeOut:
    """Issue a fresh one-time code, valid for a day unless told otherwise; older codes of the router are void."""
    valid_for = timedelta(seconds=(body or EnrolmentCodeIn()).valid_for_s)
    state = request.app.state
    code, record = await service.issue_code(
        session, scope, router_id, ca_der=state.ca_der, valid_for=valid_for, clock=state.clock
    )
    return EnrolmentCodeOut(enrolment_code=code, expires_at=record.expires_at, cloud_url=state.public_url)


@router.post("/routers/{router_id}/revoke")
async def revoke_router(request: Request, session: RequestSession, scope: RequestScope, router_id: UUID) -> RouterOut:
    """Shut a router out: its key, codes and waiting commands are void and its RADIUS is refused."""
    await service.revoke_router(session, scope, router_id, clock=request.app.state.clock)
    return RouterOut.of(await service.get_router(session, scope, router_id))


@router.post("/routers/{router_id}/reinstate")
async def reinstate_router(session: RequestSession, scope: RequestScope, router_id: UUID) -> RouterOut:
    """Take back a revocation; the router then enrols again with a fresh code."""
    await service.reinstate_router(session, scope, router_id)
    return RouterOut.of(await service.get_router(session, scope, router_id))


@router.post("/routers/{router_id}/radius-secret")
async def rotate_radius_secret(
    request: Request, session: RequestSession, scope: RequestScope, router_id: UUID
) -> RadiusSecretOut:
    """Make a fresh RADIUS secret, valid at once and shown only now."""
    secret = await service.rotate_radius_secret(session, scope, router_id, sealer=_sealer(request))
    return RadiusSecretOut(radius_secret=secret)
