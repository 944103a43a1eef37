"""Secrets of second factors are encrypted in the database, and still work."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import connection
from django.utils import translation

from core import crypto
from core.mfa import Adapter
from tests.builders import make_user

pytestmark = pytest.mark.django_db


def stored(kind):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator WHERE type = %s", [kind])
        (data,) = cursor.fetchone()
    return json.loads(data) if isinstance(data, str) else data


def test_the_secret_of_a_code_generator_is_encrypted_and_its_codes_are_taken():
    secret = generate_totp_secret()
    TOTP.activate(make_user(), secret)

    kept = stored("totp")["secret"]
    assert kept != secret
    assert crypto.decrypt(kept) == secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert Authenticator.objects.get().wrap().validate_code(code)


def test_recovery_codes_are_encrypted_and_work_once():
    codes = RecoveryCodes.activate(make_user()).get_unused_codes()

    assert len(crypto.decrypt(stored("recovery_codes")["seed"])) == 80
    again = Authenticator.objects.get().wrap()
    assert again.validate_code(codes[0])
    assert not again.validate_code(codes[0])


def test_passkeys_after_the_first_are_suggested_a_number():
    user = make_user()
    kind = Authenticator.Type.WEBAUTHN
    with translation.override("en"):
        assert Adapter().generate_authenticator_name(user, kind) == "Passkey"
        Authenticator.objects.create(user=user, type=kind, data={})
        assert Adapter().generate_authenticator_name(user, kind) == "Passkey 2"
