from __future__ import annotations

from django.urls import path

from tracking import code_checks, journey_views, views

app_name = "tracking"
urlpatterns = [
    path("c/<str:code>", views.follow, name="follow"),
    path("j", journey_views.tell, name="journey"),
    path("api/v1/shops/<slug:shop_code>/code-checks/", code_checks.check, name="code-check"),
    path("ap.js", journey_views.ap_js, name="script"),
]
