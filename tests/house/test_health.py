import pytest
from django.conf import settings

from core.models import User


@pytest.mark.django_db
def test_alive_and_ready(client):
    assert client.get("/healthz").content == b"ok\n"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "redis": True})


@pytest.mark.django_db
def test_not_ready_without_redis(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/v.sock",
        }
    }
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["redis"]) == (503, False)


@pytest.mark.django_db
def test_the_content_security_policy_is_strict(client):
    policy = client.get("/account/login/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    nonce = directives.pop("script-src").split()
    assert nonce[0] == "'self'"
    assert all(source.startswith("'nonce-") for source in nonce[1:])
    assert directives == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "default apport-looks",
    }


@pytest.mark.django_db
def test_the_admin_is_for_superusers_only(client):
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
    away = client.get("/admin/login/?next=/admin/").headers["Location"]
    assert away.startswith("/account/login/")
    client.force_login(
        User.objects.create_user("staff@example.test", is_staff=True),
        settings.AUTHENTICATION_BACKENDS[0],
    )
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").status_code == 403
    client.force_login(
        User.objects.create_superuser("root@example.test"), settings.AUTHENTICATION_BACKENDS[0]
    )
    assert client.get("/admin/").status_code == 200
