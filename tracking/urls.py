from __future__ import annotations

from django.urls import path

from tracking import views

app_name = "tracking"
urlpatterns = [path("c/<str:code>", views.follow, name="follow")]
