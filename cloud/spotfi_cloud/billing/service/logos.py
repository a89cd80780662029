"""The logo at the head of the installation's documents."""

from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from spotfi_cloud.billing.repository import logos
from spotfi_cloud.hosts.branding import MAX_LOGO_BYTES, Logo, image_type
from spotfi_cloud.kernel.errors import RejectedError


async def get_own_logo(session: AsyncSession) -> Logo | None:
    """The logo that documents get which are issued now; None where there is none."""
    logo = await logos.find_current(session)
    return None if logo is None else Logo(logo.content_type, logo.image)


async def put_own_logo(session: AsyncSession, image: bytes) -> None:
    """Put this logo on documents from now on. RejectedError unless it is a PNG, JPEG or WebP of at most MAX_LOGO_BYTES."""
    content_type = image_type(image)
    if content_type is None or len(image) > MAX_LOGO_BYTES:
        msg = f"A logo is a PNG, JPEG or WebP image of at most {MAX_LOGO_BYTES // 1024} KiB."
        raise RejectedError(msg, field="body")
    await logos.drop_current(session)
    await logos.save_current(session, sha256(image).hexdigest(), content_type, image)


async def delete_own_logo(session: AsyncSession) -> None:
    """Put no logo on documents from now on."""
    await logos.drop_current(session)
