"""Certificates for RADIUS over TLS."""

from uuid import UUID

from fastapi import APIRouter, Request

from spotfi_cloud.hosts.request_scope import RequestScope
from spotfi_cloud.identity.permissions import can
from spotfi_cloud.identity.rules import Area
from spotfi_cloud.routers.radsec import CertificateIssuer
from spotfi_cloud.routers.schemas import RadsecCertificateIn, RadsecCertificateOut
from spotfi_cloud.routers.service import radsec
from spotfi_cloud.storage.request import RequestSession

router = APIRouter(tags=["routers"], dependencies=[can(Area.ROUTERS)])


@router.post("/routers/{router_id}/radsec-certificate", status_code=201)
async def issue_radsec_certificate(
    request: Request, session: RequestSession, scope: RequestScope, router_id: UUID
) -> RadsecCertificateOut:
    """Issue the certificate and key with which this router speaks RADIUS over TLS; the one before is void at once."""
    state = request.app.state
    issue: CertificateIssuer = state.radsec_issuer
    name = await radsec.nas_identifier_of(session, scope, router_id)
    issued = issue(name, state.clock.now())
    await radsec.set_radsec_certificate(session, scope, router_id, issued.sha256)
    return RadsecCertificateOut(
        sha256=issued.sha256,
        certificate_pem=issued.certificate_pem,
        private_key_pem=issued.private_key_pem,
        ca_pem=state.ca_pem,
        expires_at=issued.expires_at,
    )


@router.put("/routers/{router_id}/radsec-certificate", status_code=204)
async def register_radsec_certificate(
    session: RequestSession, scope: RequestScope, router_id: UUID, body: RadsecCertificateIn
) -> None:
    """Admit a certificate of the operator's own authority, by its fingerprint; the one before is void at once."""
    await radsec.set_radsec_certificate(session, scope, router_id, body.sha256)


@router.delete("/routers/{router_id}/radsec-certificate", status_code=204)
async def revoke_radsec_certificate(session: RequestSession, scope: RequestScope, router_id: UUID) -> None:
    """The router may not use RADIUS over TLS any more; its connections are closed."""
    await radsec.set_radsec_certificate(session, scope, router_id, None)
