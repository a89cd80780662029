"""From a violated constraint to an error that names the field: the database decides, also between two requests at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from sqlalchemy.exc import IntegrityError

from spotfi_cloud.kernel.errors import SpotFiError


@asynccontextmanager
async def violations_as(errors: dict[str, SpotFiError]) -> AsyncIterator[None]:
    """Raise the error given for the constraint's name when the block's statements violate it.

    The transaction is lost then; the unit of work rolls it back as the error passes through.
    """
    try:
        yield
    except IntegrityError as error:
        name = error.orig.diag.constraint_name if isinstance(error.orig, psycopg.IntegrityError) else None
        if name is None or name not in errors:
            raise
        raise errors[name] from error
