from __future__ import annotations

from django.urls import path

from tracking import journey_views, views

app_name = "tracking"
urlpatterns = [
    path("c/<str:code>", views.follow, name="follow"),
    path("j", journey_views.tell, name="journey"),
    path("ap.js", journey_views.ap_js, name="script"),
]
