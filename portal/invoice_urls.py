"""Addresses of self-billed invoices and the yearly declaration."""

from __future__ import annotations

from django.urls import URLPattern

finance: list[URLPattern] = []

partner: list[URLPattern] = []
