"""The scope of one HTTP request, apart from `Scope` itself so that roles without HTTP need not load it."""

from typing import Annotated

from fastapi import Depends

from spotfi_cloud.hosts.scope import Scope
from spotfi_cloud.identity.signed_in import SignedIn


def _scope_of(principal: SignedIn) -> Scope:
    return Scope.everything() if principal.host_id is None else Scope.of(principal.host_id)


RequestScope = Annotated[Scope, Depends(_scope_of)]
"""Parameter type by which an endpoint receives the scope of whoever is signed in; asking for it demands a login."""
