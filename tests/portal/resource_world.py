"""Resources, and a profile, for the doors and the pages."""

from __future__ import annotations

from io import BytesIO

from django.urls import reverse
from PIL import Image

from affiliates.models import ResourceKind, ResourceLanguage
from affiliates.services import profiles, resources
from core.attachments import checked
from tests.builders import NOW, make_user

RESOURCE_POSTS = {
    "staff-resource-add", "staff-resource-withdraw",
    "affiliate-name-agree", "affiliate-name-decline",
    "affiliate-bio-agree", "affiliate-bio-decline",
}  # fmt: skip
RESOURCE_FORMS = {"staff-resource-new", "staff-resource-detail"}
#: Tried in tests/portal/test_resource_pages.py.
RESOURCE_PUBLIC = {"banner"}
RESOURCE_OWN = {"profile-picture"}
PDF = b"%PDF-1.7 The rules."


def png(width=300, height=250, colour="navy"):
    """Return the bytes of a picture."""
    kept = BytesIO()
    Image.new("RGB", (width, height), colour).save(kept, "PNG")
    return kept.getvalue()


def file(name="banner.png", body=None):
    """Return a file that was looked at."""
    return checked(name=name, body=body or png())


def content(**overrides):
    """Return the words of a banner for everybody."""
    return resources.Content(
        **{
            "kind": ResourceKind.BANNER,
            "title_fr": "Bannière d’automne",
            "title_en": "Autumn banner",
            "text_fr": "Ne pas la recadrer.",
            "text_en": "Do not crop it.",
            "category": "Autumn",
            "tags": ["coats"],
            **overrides,
        }
    )


def make_resource(*, files=None, actor=None, now=NOW, **overrides):
    """Return something that is offered."""
    kept = [(ResourceLanguage.BOTH, file())] if files is None else files
    return resources.offer(content(**overrides), kept, actor_id=(actor or make_user()).pk, now=now)


def make_profile(affiliate, **overrides):
    """Let an affiliate tell of itself."""
    told = {
        "name": affiliate.name,
        "description": "Coats and scarves.",
        "contact_name": "Ada",
        "contact_email": "press@example.com",
        "languages": ["fr"],
        "audience_countries": ["FR", "BE"],
        "picture": file("logo.png", png(64, 64)),
        **overrides,
    }
    return profiles.tell(
        affiliate_id=affiliate.pk, told=profiles.Told(**told), actor_id=make_user().pk, now=NOW
    )


def resource_addresses(affiliate):
    """Return the partner pages of resources and of the profile, each by its name."""
    found = make_resource(kinds=[affiliate.kind])
    make_profile(affiliate)
    args = [found.public_id, found.files.get().pk]
    return {
        "resource-list": reverse("portal:resource-list"),
        "resource": reverse("portal:resource", args=args[:1]),
        "resource-file": reverse("portal:resource-file", args=args),
        "resource-image": reverse("portal:resource-image", args=args),
        "profile": reverse("portal:profile"),
    }


def resource_arguments(affiliate):
    """Return what stands in the addresses of staff, by their names."""
    found = make_resource()
    make_profile(affiliate)
    one = [found.public_id]
    return {
        "staff-resource-new": [],
        "staff-resource-detail": one,
        "staff-resource-add": one,
        "staff-resource-withdraw": one,
        "staff-resource-file": [*one, found.files.get().pk],
        "affiliate-picture": [affiliate.public_id],
    }


def resource_places(affiliate):
    """Return what stands for the parameters of the routes."""
    found = make_resource()
    make_profile(affiliate)
    one, pk = found.public_id, found.files.get().pk
    return {
        "portal/resources/<uuid:public_id>/files/<int:pk>/": [
            f"portal/resources/{one}/files/{pk}/"
        ],
        "portal/resources/<uuid:public_id>/images/<int:pk>/": [
            f"portal/resources/{one}/images/{pk}/"
        ],
        "portal/resources/<uuid:public_id>/": [f"portal/resources/{one}/"],
        "manage/resources/<uuid:public_id>/files/<int:pk>/": [
            f"manage/resources/{one}/files/{pk}/"
        ],
        "manage/resources/<uuid:public_id>/": [f"manage/resources/{one}/"],
        "banners/<uuid:public_id>/<slug:language>/": [f"banners/{one}/all/"],
    }
