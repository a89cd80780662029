"""Secrets have the form their readers expect, and no two are alike."""

import base64
import hashlib
import re

from spotfi_cloud.routers.device_keys import (
    generate_device_key,
    generate_nas_identifier,
    generate_radius_secret,
    hash_device_key,
)


def test_a_key_hash_is_what_mosquitto_checks() -> None:
    key = generate_device_key()
    empty, scheme, rounds, salt, digest = hash_device_key(key).split("$")
    assert (empty, scheme, rounds) == ("", "7", "101")
    expected = hashlib.pbkdf2_hmac("sha512", key.encode(), base64.b64decode(salt), 101, 64)
    assert base64.b64decode(digest) == expected
    assert len(base64.b64decode(salt)) == 12


def test_the_same_key_is_hashed_differently_each_time() -> None:
    assert hash_device_key("key") != hash_device_key("key")


def test_forms_of_secrets() -> None:
    assert len(base64.urlsafe_b64decode(generate_device_key() + "=")) == 32
    assert re.fullmatch(r"sf-[a-z2-7]{10}", generate_nas_identifier())
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", generate_radius_secret())
