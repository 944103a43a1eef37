"""What happened to a person's sign-in, and to the safety of the account that they act for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access import current_user, membership_of, signed_in_required
from portal.queries import security_log as found
from portal.queries.staff_paging import slice_of


@signed_in_required
@require_safe
def security_log(request: HttpRequest) -> HttpResponse:
    """Show sign-ins, and changes of the team, of keys and of payment details, the last first."""
    user = current_user(request)
    membership = membership_of(user)
    page = slice_of(found.entries(user, membership), request.GET.get("cursor", ""), by="at")
    context = {
        "lines": found.lines(page.rows, user),
        "previous": page.previous,
        "following": page.following,
        "account": membership.affiliate if membership else None,
    }
    return render(request, "account/security_log.html", context)
