from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health
from portal.views import password
from portal.views.metrics import metrics

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.refused.refused"
handler500 = "portal.views.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/password/set/", password.password_set, name="account_set_password"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("tracking.urls")),
    path("", include("shop.urls")),
    path("", include("influencers.urls")),
    path("api/v1/", include("portal.api.urls")),
    path("", include("portal.urls")),
]
