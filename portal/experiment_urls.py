"""Addresses of experiments, for managers."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_experiment_acts as acts
from portal.views import manager_experiments as pages

_ALL = "manage/experiments/"
_ONE = f"{_ALL}<uuid:public_id>/"

manage: list[URLPattern] = [
    path(_ALL, pages.experiment_list, name="experiment-list"),
    path(f"{_ALL}new/", pages.experiment_new, name="experiment-new"),
    path(f"{_ALL}power/", pages.experiment_power, name="experiment-power"),
    path(_ONE, pages.experiment_detail, name="experiment-detail"),
    path(f"{_ONE}export.csv", pages.experiment_export, name="experiment-export"),
    path(f"{_ONE}calendar/", acts.experiment_calendar, name="experiment-calendar"),
    path(f"{_ONE}begin/", acts.experiment_begin, name="experiment-begin"),
    path(f"{_ONE}look/", acts.experiment_look, name="experiment-look"),
    path(f"{_ONE}end/", acts.experiment_end, name="experiment-end"),
    path(f"{_ONE}discard/", acts.experiment_discard, name="experiment-discard"),
    path(f"{_ONE}use/", acts.experiment_use, name="experiment-use"),
]
