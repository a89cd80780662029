"""Staff accounts: signing in, and what an Admin does to accounts."""

from spotfi_cloud.identity.service.accounts import (
    create_account,
    ensure_admin,
    find_principal,
    get_account,
    give_hosts,
    list_accounts,
    reset_password,
    set_disabled,
    set_password,
    sign_in,
)

__all__ = [
    "create_account",
    "ensure_admin",
    "find_principal",
    "get_account",
    "give_hosts",
    "list_accounts",
    "reset_password",
    "set_disabled",
    "set_password",
    "sign_in",
]
