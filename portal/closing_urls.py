"""Addresses of reconciliation, closed months and the accounting journal."""

from __future__ import annotations

from django.urls import URLPattern

finance: list[URLPattern] = []

partner: list[URLPattern] = []
