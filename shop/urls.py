from __future__ import annotations

from django.urls import URLPattern, path

from shop import views

app_name = "shop"
urlpatterns: list[URLPattern] = [
    path("webhooks/schemas/<str:name>.json", views.schema, name="schema"),
    path("webhooks/<slug:code>/", views.webhook, name="webhook"),
]
