"""Groups of affiliates: the campaign parameters that their new links get."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Group
from portal.access import current_user, manager_required
from portal.forms.group import UtmTemplateForm
from portal.queries.staff_journal import journal
from portal.staff_actions import submitted
from tracking.domain import utm
from tracking.services import utm_templates

EXAMPLE = {"affiliate": "Le Carnet d'Ada", "campaign": "summer", "sub_id": "letter-5"}


@manager_required
@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """Show the groups with how many affiliates each has."""
    groups = Group.objects.annotate(members=Count("affiliates"))
    rows = [
        {"group": group, "href": reverse("portal:group-detail", args=[group.slug])}
        for group in groups
    ]
    return render(request, "manager/group_list.html", {"rows": rows})


@manager_required
@require_safe
def group_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a group with the template of its links' campaign parameters."""
    group = get_object_or_404(Group, slug=slug)
    return _page(request, group, UtmTemplateForm(initial=group.utm_template))


@manager_required
@require_POST
def group_utm(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the template. Links that exist keep what they have."""
    group, form = get_object_or_404(Group, slug=slug), UtmTemplateForm(request.POST)
    changed = submitted(
        form,
        lambda: utm_templates.change(
            group_id=group.pk,
            template=form.cleaned_data,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if changed is None:
        return _page(request, group, form, status=422)
    messages.success(request, _("New links of this group follow the template."))
    return redirect("portal:group-detail", slug=slug)


def _page(
    request: HttpRequest, group: Group, form: UtmTemplateForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "group": group,
        "form": form,
        "example": utm.with_parameters(
            "https://shop.example/", utm.filled(group.utm_template, **EXAMPLE)
        ),
        "has_template": bool(group.utm_template),
        "history": journal([group]),
        "breadcrumbs": [(_("Groups"), reverse("portal:group-list"))],
    }
    return render(request, "manager/group_detail.html", context, status=status)
