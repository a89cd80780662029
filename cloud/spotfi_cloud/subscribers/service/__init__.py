"""Subscribers: guests' accounts. What else belongs to them has modules of its own beside this one's names."""

from spotfi_cloud.subscribers.repository.accounts import Subscriber, SubscriberFilter
from spotfi_cloud.subscribers.service.accounts import (
    EVERY_SUBSCRIBER,
    PASSWORD_PURPOSE,
    change_subscriber,
    create_subscriber,
    disable_subscriber,
    erase_subscriber,
    get_subscriber,
    list_subscribers,
)
from spotfi_cloud.subscribers.service.conditions import Conditions, UsedBytes

__all__ = [
    "EVERY_SUBSCRIBER",
    "PASSWORD_PURPOSE",
    "Conditions",
    "Subscriber",
    "SubscriberFilter",
    "UsedBytes",
    "change_subscriber",
    "create_subscriber",
    "disable_subscriber",
    "erase_subscriber",
    "get_subscriber",
    "list_subscribers",
]
