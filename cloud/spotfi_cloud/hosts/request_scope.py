"""The scope of one HTTP request, apart from `Scope` itself so that roles without HTTP need not load it."""

from typing import Annotated

from fastapi import Depends

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.signed_in import SignedIn


async def _scope_of(principal: SignedIn) -> Scope:
    return Scope(principal.host_ids)


RequestScope = Annotated[Scope, Depends(_scope_of)]
"""Parameter type by which an endpoint receives the scope of whoever is signed in; asking for it demands a login."""
