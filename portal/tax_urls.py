"""Addresses of tax profiles and the self-billing mandate."""

from __future__ import annotations

from django.urls import URLPattern

finance: list[URLPattern] = []

partner: list[URLPattern] = []
