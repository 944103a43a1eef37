"""A creator's own public page: what it says, what it shows first, and the way to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from influencers.domain.picture import MOST_BYTES
from influencers.models import Influencer, Look, LookStatus
from influencers.queries.pictures import Sources, sources_of
from influencers.services import pictures, profiles
from influencers.services.profiles import ACCENTS, CREATORS, Page
from portal.access import current_affiliate, current_user, partner_may
from portal.staff_actions import carry_out, carry_out_form, submitted

_ACCENT_NAMES = {
    "rust": gettext_lazy("Rust"),
    "moss": gettext_lazy("Moss"),
    "ink": gettext_lazy("Ink"),
    "plum": gettext_lazy("Plum"),
    "ocean": gettext_lazy("Ocean"),
    "ochre": gettext_lazy("Ochre"),
}


class PageForm(forms.Form):
    """What the public page says."""

    handle = forms.CharField(
        label=gettext_lazy("Address of the page"),
        max_length=40,
        help_text=gettext_lazy("Small letters, digits and hyphens. A new address ends the old."),
    )
    bio = forms.CharField(
        label=gettext_lazy("About you"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Everybody reads it. The team looks at a new text first."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    accent = forms.ChoiceField(
        label=gettext_lazy("Colour"),
        choices=[(name, _ACCENT_NAMES[name]) for name in ACCENTS],
        widget=forms.RadioSelect,
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Everybody may see the page, and looks name me"), required=False
    )


class PictureForm(forms.Form):
    """A portrait or a cover."""

    place = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=[("avatar", gettext_lazy("Portrait")), ("cover", gettext_lazy("Cover"))],
        widget=forms.RadioSelect,
        initial="avatar",
    )
    file = forms.FileField(
        label=gettext_lazy("Photo"),
        required=False,
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or AVIF. Without a file the one shown is taken off."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*"}),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The photo is larger than 15 MB: choose a smaller one."))
        return file


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show and change the page."""
    affiliate, now = current_creator(request), timezone.now()
    profile = profiles.of(affiliate.pk, now=now)
    initial = {
        "handle": profile.handle,
        "bio": profile.wished_bio if profile.bio_waits else profile.bio,
        "accent": profile.accent,
        "is_public": profile.is_page_public,
    }
    form = PageForm(request.POST or None, initial=initial)
    changed = submitted(
        form,
        lambda: profiles.change_page(
            affiliate.pk,
            Page(
                handle=form.cleaned_data["handle"],
                bio=form.cleaned_data["bio"],
                accent=form.cleaned_data["accent"],
                is_public=form.cleaned_data["is_public"],
            ),
            by_id=current_user(request).pk,
            now=now,
        ),
    )
    if changed is not None:
        return redirect("portal:my-page")
    context = {
        "form": form,
        "profile": profile,
        "affiliate": affiliate,
        "address": _address(profile),
        "avatar": _shown(profile.avatar),
        "cover": _shown(profile.cover),
        "picture_form": PictureForm(auto_id="picture-%s"),
        "looks": _looks(profile),
        "links": affiliate.social_accounts.filter(removed_at__isnull=True).exclude(url=""),
    }
    return render(request, "affiliate/my_page.html", context, status=422 if form.is_bound else 200)


def _shown(picture: Any) -> Sources | None:
    return sources_of(picture) if picture is not None and picture.deleted_at is None else None


def _looks(profile: Influencer) -> list[tuple[Look, bool]]:
    """Return the published looks in the order of the page, and whether each is the first."""
    rows = Look.objects.filter(affiliate=profile.affiliate_id, status=LookStatus.PUBLISHED)
    found = list(rows.select_related("live").order_by("-published_at", "-pk")[:100])
    order = {pk: place for place, pk in enumerate(profile.first_looks)}
    found.sort(key=lambda look: order.get(look.pk, len(order)))
    return [(look, place == 0) for place, look in enumerate(found)]


def _address(profile: Influencer) -> str:
    return f"{settings.PUBLIC_URL}{reverse('looks:creator', args=[profile.handle])}"


@partner_may(Ability.WORK)
@require_POST
def picture(request: HttpRequest) -> HttpResponse:
    """Put a portrait or a cover on the page, or take it off."""
    affiliate, form = current_creator(request), PictureForm(request.POST, request.FILES)
    now = timezone.now()

    def show() -> None:
        file, kept = form.cleaned_data["file"], None
        if file:
            kept = pictures.add(
                affiliate_id=affiliate.pk, content=file.read(), name=file.name, now=now
            ).pk
        profiles.show_picture(
            affiliate.pk,
            kept,
            place=form.cleaned_data["place"],
            by_id=current_user(request).pk,
            now=now,
        )

    carry_out_form(request, form, show, done=_("Your page is changed."))
    return redirect("portal:my-page")


@partner_may(Ability.WORK)
@require_POST
def put_first(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the page begin with a look."""
    affiliate = current_creator(request)
    look = get_object_or_404(Look, pk=pk, affiliate=affiliate)
    carry_out(
        request,
        lambda: profiles.put_first(affiliate.pk, look.pk, now=timezone.now()),
        done=_("Your page begins with this look."),
    )
    return redirect("portal:my-page")


def current_creator(request: HttpRequest) -> Affiliate:
    """Return the creator for whom this request acts.

    :raises Http404: for an affiliate who is neither an influencer nor an employee.
    """
    affiliate = current_affiliate(request)
    if affiliate.kind not in CREATORS:
        raise Http404
    return affiliate
