"""Settings of the test-suite: the same engines, nothing slow, nothing that leaves the machine."""

from __future__ import annotations

from config import roles
from config.settings import *  # noqa: F403
from config.settings import CACHES, DATABASES, STORAGES

for _database in DATABASES.values():
    # We connect as the superuser; the backend steps down to the roles of production.
    _database["ENGINE"] = "tests.postgresql"
    _database["OPTIONS"].pop("pool", None)
APP_DB_ROLE = roles.APPLICATION
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Staff of the tests sign in by password alone; tests of the second factor switch it on.
STAFF_NEED_SECOND_FACTOR = False
# Payees of the tests are paid without papers; tests of the papers switch them on.
PAYOUTS_NEED_MANDATE = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
