"""Addresses of simulations, which managers and finance share."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import simulations

_ALL = "manage/simulations/"
_ONE = f"{_ALL}<int:pk>/"

shared: list[URLPattern] = [
    path(_ALL, simulations.simulation_list, name="simulation-list"),
    path(f"{_ALL}progress/", simulations.simulation_progress, name="simulation-progress"),
    path(f"{_ALL}new/", simulations.simulation_new, name="simulation-new"),
    path(f"{_ALL}compare/", simulations.simulation_compare, name="simulation-compare"),
    path(_ONE, simulations.simulation_detail, name="simulation-detail"),
    path(f"{_ONE}watch/", simulations.simulation_watch, name="simulation-watch"),
    path(f"{_ONE}stop/", simulations.simulation_cancel, name="simulation-cancel"),
    path(f"{_ONE}again/", simulations.simulation_repeat, name="simulation-repeat"),
    path(f"{_ONE}export.csv", simulations.simulation_export, name="simulation-export"),
]
