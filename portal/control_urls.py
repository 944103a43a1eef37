"""Addresses of approval rules, daily limits, the kill switch and the exceptions of payouts."""

from __future__ import annotations

from django.urls import URLPattern

finance: list[URLPattern] = []

partner: list[URLPattern] = []
