"""Addresses of the Stripe rail: onboarding, progress and Stripe's own messages."""

from __future__ import annotations

from django.urls import URLPattern

finance: list[URLPattern] = []

partner: list[URLPattern] = []
