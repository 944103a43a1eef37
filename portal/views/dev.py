"""What only a machine that runs everything itself offers: its outbox, and its demo people."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.models import OutboxMail, User
from portal.access import is_on_this_machine
from portal.demo.people import person as demo_person
from portal.mail_pages import mail_response
from portal.query_links import text

PAGE_SIZE = 20


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the mails that were kept because no mail server is configured.

    :raises Http404: where mails are sent, or somebody else may be asking.
    """
    if not (settings.HAS_OUTBOX and is_on_this_machine(request)):
        raise Http404
    recipient = text(request.GET, "to", longest=254)
    mails = OutboxMail.objects.order_by("-pk")
    if recipient:
        mails = mails.filter(recipient__icontains=recipient)
    page = Paginator(mails, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "dev/outbox.html", {"page": page, "recipient": recipient})


@require_GET
def outbox_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the HTML part of a kept mail as a mail program would.

    :raises Http404: where mails are sent, or somebody else may be asking.
    """
    if not (settings.HAS_OUTBOX and is_on_this_machine(request)):
        raise Http404
    return mail_response(get_object_or_404(OutboxMail, pk=pk).html)


@require_POST
def demo_sign_in(request: HttpRequest, person: str) -> HttpResponse:
    """Sign in as one of the demo people, without a password.

    :raises Http404: where real people sign in, and for nobody of the demo.
    """
    someone = demo_person(person)
    if someone is None or not is_on_this_machine(request):
        raise Http404
    user = User.objects.filter(email=someone.email, is_active=True).first()
    if user is None:
        messages.error(request, _("The demo people are not here: start with bin/run."))
        return redirect("account_login")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(someone.next_url)
