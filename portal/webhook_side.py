"""Whose webhooks a page is about: an affiliate's or the programme's own. The pages are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from affiliates.domain.event_types import Audience
from affiliates.models import Affiliate, Endpoint
from portal.access import View, current_affiliate
from portal.queries.webhooks import endpoints_of

Page = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: who gets in, where its pages are, and what they are called."""

    place: str
    prefix: str
    base: str
    audience: Audience
    guard: Callable[[View], View]

    @property
    def has_postbacks(self) -> bool:
        """Tell whether there are trackers to call: affiliates have some, the programme none."""
        return self.audience == Audience.AFFILIATE

    def affiliate(self, request: HttpRequest) -> Affiliate | None:
        """Return whose webhooks these are; None for the programme's."""
        return current_affiliate(request) if self.has_postbacks else None

    def affiliate_id(self, request: HttpRequest) -> int | None:
        """Return the same by its id."""
        affiliate = self.affiliate(request)
        return None if affiliate is None else affiliate.pk

    def find(self, request: HttpRequest, public_id: str) -> Endpoint:
        """Return one of its addresses, or answer that there is none."""
        return get_object_or_404(endpoints_of(self.affiliate_id(request)), public_id=public_id)

    def url(self, name: str, *arguments: object) -> str:
        """Return the address of one of its pages."""
        return reverse(f"portal:{self.prefix}{name}", args=arguments)

    def route(self, rest: str, page: Page, name: str) -> URLPattern:
        """Return the route of a page of this side, behind its guard."""
        view = partial(page, side=self)
        update_wrapper(view, page)
        guarded: Callable[..., HttpResponseBase] = self.guard(view)
        return path(f"{self.place}{rest}", guarded, name=f"{self.prefix}{name}")
