"""Addresses of files that came from the bank, and payouts made by hand."""

from __future__ import annotations

from django.urls import URLPattern

finance: list[URLPattern] = []

partner: list[URLPattern] = []
