"""Addresses of cases, sanctions, signals and quality, for managers and for affiliates."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import (
    cases,
    manager_case_acts,
    manager_case_proposals,
    manager_case_queue,
    manager_cases,
    manager_quality,
    manager_sanctions,
    manager_signals,
)

_REVIEW = "manage/reviews/<uuid:public_id>/"
_PROPOSAL = "manage/review-proposals/<uuid:public_id>/"
_SANCTION = "manage/sanctions/<uuid:public_id>/"
_SIGNAL = "manage/signals/<slug:code>/"
_CASE = "portal/cases/<uuid:public_id>/"

manage: list[URLPattern] = [
    path("manage/reviews/", manager_case_queue.review_list, name="review-list"),
    path(_REVIEW, manager_cases.review_detail, name="review-detail"),
    path(f"{_REVIEW}confirm/", manager_cases.review_confirm, name="review-confirm"),
    path(f"{_REVIEW}dismiss/", manager_cases.review_dismiss, name="review-dismiss"),
    path(f"{_REVIEW}ask/", manager_cases.review_ask, name="review-ask"),
    path(f"{_REVIEW}note/", manager_case_acts.review_note, name="review-note"),
    path(f"{_REVIEW}assign/", manager_case_acts.review_assign, name="review-assign"),
    path(f"{_REVIEW}snooze/", manager_case_acts.review_snooze, name="review-snooze"),
    path(f"{_REVIEW}wake/", manager_case_acts.review_wake, name="review-wake"),
    path(f"{_REVIEW}pause/", manager_case_acts.review_pause, name="review-pause"),
    path(f"{_REVIEW}files/<int:number>/", manager_case_acts.review_file, name="review-file"),
    path("manage/reviews/limit/", manager_case_proposals.review_limit, name="review-limit"),
    path(f"{_PROPOSAL}agree/", manager_case_proposals.proposal_agree, name="proposal-agree"),
    path(f"{_PROPOSAL}decline/", manager_case_proposals.proposal_decline, name="proposal-decline"),
    path(
        f"{_PROPOSAL}withdraw/", manager_case_proposals.proposal_withdraw, name="proposal-withdraw"
    ),
    path(
        "manage/affiliates/<uuid:public_id>/sanction/",
        manager_sanctions.sanction_new,
        name="sanction-new",
    ),
    path(_SANCTION, manager_sanctions.sanction_detail, name="sanction-detail"),
    path(f"{_SANCTION}agree/", manager_sanctions.sanction_agree, name="sanction-agree"),
    path(f"{_SANCTION}reject/", manager_sanctions.sanction_reject, name="sanction-reject"),
    path(f"{_SANCTION}lift/", manager_sanctions.sanction_lift, name="sanction-lift"),
    path("manage/signals/", manager_signals.signal_list, name="signal-list"),
    path(_SIGNAL, manager_signals.signal_detail, name="signal-detail"),
    path(f"{_SIGNAL}change/", manager_signals.signal_change, name="signal-change"),
    path(f"{_SIGNAL}try/", manager_signals.signal_try, name="signal-try"),
    path("manage/quality/", manager_quality.quality_list, name="quality-list"),
    path(
        "manage/affiliates/<uuid:public_id>/quality/",
        manager_quality.affiliate_quality,
        name="affiliate-quality",
    ),
]

partner: list[URLPattern] = [
    path("portal/cases/", cases.case_list, name="case-list"),
    path(_CASE, cases.case_detail, name="case-detail"),
    path(f"{_CASE}answer/", cases.case_answer, name="case-answer"),
    path(f"{_CASE}contest/", cases.case_contest, name="case-contest"),
    path(f"{_CASE}files/<int:number>/", cases.case_file, name="case-file"),
    path(
        "portal/sanctions/<uuid:public_id>/contest/",
        cases.sanction_contest,
        name="sanction-contest",
    ),
]
