"""What is known of creators and of customers who send photos: profiles, looks, rights, parcels."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from core.privacy import words
from core.privacy.declaring import (
    Basis,
    Declared,
    End,
    Holding,
    OnErasure,
    Rule,
    Stored,
    Whose,
    numbered,
    oldest_of,
)
from core.privacy.erasing import GONE_DOMAIN
from influencers.models import CustomerPhoto, Picture, Shipment
from influencers.queries import customer_photos
from influencers.services import (
    customer_photo_erasure,
    going,
    picture_sweep,
    proof_retention,
    shipments,
)

CREATORS = (Whose.CREATOR,)
#: What was delivered shows a look or an address: one without a look keeps an address of nobody.
_NO_ADDRESS = Case(
    When(look__isnull=True, then=Value(f"https://{GONE_DOMAIN}/")), default=Value("")
)

_RULES = (
    Rule(
        key="influencers.addresses",
        text=_("Addresses of parcels are emptied a month after it is settled (CA22, CA23)."),
        due=lambda now: shipments.count_addresses(now=now),
        run=lambda now: shipments.erase_addresses(now=now),
        oldest=lambda: oldest_of(Shipment.objects.exclude(address=""), "created_at"),
    ),
    Rule(
        key="influencers.pictures",
        text=_("Photos that nothing uses are deleted after a week (LK8), screenshots of campaigns"
               " once those are long over (CA24)."),
        due=lambda now: sum(
            one.count()
            for one in (proof_retention.over(now), picture_sweep.unused(now), picture_sweep.left())
        ),
        run=lambda now: proof_retention.let_all_go(now=now)
        + picture_sweep.delete_unused(now=now)
        + picture_sweep.delete_left(),
        oldest=lambda: oldest_of(Picture.objects.filter(deleted_at__isnull=True), "uploaded_at"),
    ),
    Rule(
        key="influencers.customer_photos",
        text=_("Photos of customers that nothing lets us keep are erased (CU8, CU9)."),
        due=lambda now: customer_photos.kept_too_long(now).count(),
        run=lambda now: customer_photo_erasure.erase_kept_too_long(now=now),
        oldest=lambda: oldest_of(CustomerPhoto.objects.filter(erased_at__isnull=True), "sent_at"),
    ),
)  # fmt: skip

_PROFILE: dict[str, Any] = {
    "whose": CREATORS, "purpose": words.CREATORS, "basis": Basis.CONTRACT,
    "kept": words.WITH_ACCOUNT, "rule": "affiliates.closed_accounts",
}  # fmt: skip
_EMPTIED: dict[str, Any] = {
    **_PROFILE,
    "end": End.EMPTY,
    "erased": OnErasure.EMPTY,
    "account": "affiliate",
}
_GONE: dict[str, Any] = {
    **_PROFILE,
    "end": End.DELETE,
    "erased": OnErasure.DELETE,
    "account": "affiliate",
}
_LOOK: dict[str, Any] = {
    **_EMPTIED,
    "purpose": words.CONTENT,
    "whose": (Whose.CREATOR, Whose.BUYER),
}
_SIGNED: dict[str, Any] = {
    "whose": CREATORS, "purpose": words.CONTRACT, "basis": Basis.CONTRACT,
    "kept": words.FIVE_YEARS, "end": End.KEEP, "stays": words.STAYS_CONTRACT,
}  # fmt: skip

_HOLDINGS = (
    Holding(model="influencers.Delivery", fields=("url", "proof", "reason"),
            told=("number", "status", "submitted_at"),
            blank={"url": _NO_ADDRESS},
            **{**_EMPTIED, "account": "participation__affiliate"}),
    Holding(model="influencers.Shipment", whose=CREATORS, account="affiliate",
            fields=("address", "tracking_number", "size", "reason"),
            purpose=_("To send products to creators."), basis=Basis.CONTRACT,
            kept=_("30 days after it is settled, 90 without a word."), end=End.EMPTY,
            rule="influencers.addresses", told=("carrier", "status", "created_at"),
            erased=OnErasure.EMPTY, blank={"address": "", "tracking_number": "", "size": ""}),
    Holding(model="influencers.Participation", fields=("message", "reason"),
            told=("status", "created_at", "accepted_at"), blank={"message": ""}, **_EMPTIED),
    Holding(model="influencers.StandingContest", fields=("text", "answer"),
            told=("asked_at", "answered_at"), **_GONE),
    Holding(model="influencers.StandingMark", fields=("note",),
            told=("kind", "on", "source"), blank={"note": ""}, **_EMPTIED),
    Holding(model="influencers.SocialFigure", fields=(), plain=("source", "proof_sha256"),
            told=("day", "followers", "posts", "writers", "replies", "interactions"),
            **{**_PROFILE, "end": End.CUT}, account="account__affiliate",
            stays=_("Figures of an account whose name is gone.")),
    Holding(model="influencers.SocialAccount", fields=("handle", "url"),
            told=("network", "created_at"), blank={"handle": numbered("erased-"), "url": ""},
            **_EMPTIED),
    Holding(model="influencers.InfluencerNote", fields=("text",), told=("at",),
            blank={"text": ""}, **_EMPTIED),
    Holding(model="influencers.PoolMember", fields=(), told=("status", "status_changed_at"),
            **{**_GONE, "end": End.DELETE}),
    Holding(model="influencers.ContractSignature", account="contract__affiliate",
            fields=("name", "shown", "body"), plain=("shown_sha256", "body_sha256"),
            told=("signed_at", "language"), secret=("body",), **_SIGNED),
    Holding(model="influencers.Contract", account="affiliate",
            fields=("party_name", "party_address", "party_email", "status_reason"),
            plain=("missions", "house_name", "house_address", "house_email"),
            told=("status", "purpose", "starts_on", "ends_on", "offered_at"), **_SIGNED),
    Holding(model="influencers.Gift", account="affiliate", fields=("reason",),
            told=("what", "value_minor", "currency", "given_on"),
            **{**_SIGNED, "basis": Basis.LAW, "kept": words.TEN_YEARS,
               "stays": words.STAYS_BOOKS, "purpose": words.BOOKS}),
    Holding(model="influencers.ImageLicence", account="picture__affiliate",
            fields=("credit", "people", "guardian", "has_minors"),
            plain=("text_sha256", "revoke_reason"),
            told=("scopes", "territory", "starts_on", "ends_on", "granted_at", "revoked_at"),
            **{**_SIGNED, "purpose": words.CONTENT, "basis": Basis.CONSENT}),
    Holding(model="influencers.CustomerPhoto", whose=(Whose.BUYER,),
            fields=("shown_name", "email_hash", "is_of_age"), purpose=words.CONTENT,
            basis=Basis.CONSENT, kept=_("As long as the rights; 30 days if it is refused."),
            end=End.EMPTY, rule="influencers.customer_photos", account="look__affiliate",
            secret=("email_hash",), told=("sent_at",),
            stays=_("Of customers: erased by their link, or by their address (CU7).")),
    Holding(model="influencers.LookComment", fields=("text",), blank={"text": "–"},
            told=("created_at",), **{**_LOOK, "account": "version__look__affiliate"}),
    Holding(model="influencers.LookEvent", account="look__affiliate", fields=("note",),
            told=("act", "code", "at"), **{**_SIGNED, "purpose": words.CONTENT,
            "basis": Basis.INTEREST, "stays": words.STAYS_CLAIMS}),
    Holding(model="influencers.LookImage", fields=("alt",), blank={"alt": ""},
            **{**_LOOK, "account": "version__look__affiliate"}),
    Holding(model="influencers.LookVersion", fields=("title", "story", "tags", "reason"),
            told=("number", "status", "submitted_at", "decided_at"),
            blank={"title": "", "story": "", "tags": []},
            **{**_LOOK, "account": "look__affiliate"}),
    Holding(model="influencers.Look", fields=("slug", "status_reason"),
            told=("status", "created_at", "published_at"),
            blank={"slug": numbered("erased-"), "status_reason": ""}, **_LOOK),
    Holding(model="influencers.Influencer",
            fields=("handle", "bio", "wished_bio", "region", "tags", "sizes", "address",
                    "agreed_by", "working_time", "avatar", "cover"),
            told=("themes", "created_at"),
            blank={"handle": numbered("erased-"), "bio": "", "wished_bio": "",
                   "bio_wished_at": None, "region": "", "tags": [], "sizes": {}, "address": "",
                   "is_page_public": False, "avatar": None, "cover": None},
            stays=_("Who agreed that an employee takes part stays, without the employee."),
            **_EMPTIED),
    Holding(model="influencers.Rendition", whose=(Whose.CREATOR, Whose.BUYER), fields=("name",),
            purpose=words.CONTENT, basis=Basis.CONSENT, kept=_("As the photo."), end=End.DELETE,
            rule="influencers.pictures", account="picture__affiliate", secret=("name",),
            erased=OnErasure.DELETE),
    Holding(model="influencers.Picture", whose=(Whose.CREATOR, Whose.BUYER),
            fields=("name", "fingerprint"), purpose=words.CONTENT, basis=Basis.CONSENT,
            kept=_("As long as something uses it, and a week."), end=End.EMPTY,
            rule="influencers.pictures", plain=("sha256", "files_left"), account="affiliate",
            told=("public_id", "uploaded_at", "width", "height"), secret=("fingerprint",),
            erased=OnErasure.EMPTY, blank={"name": ""},
            stays=_("The files go; that there was one stays, for the rights that were given.")),
)  # fmt: skip

PRIVACY = Declared(
    holdings=_HOLDINGS,
    nothing={
        "influencers.Campaign": ("name", "brief"),
        "influencers.Deliverable": ("note",),
        "influencers.EditorialEntry": ("account", "caption", "url"),
        "influencers.ContractThreshold": (),
        "influencers.ContractText": (),
        "influencers.CustomerInvite": ("name", "key_hash"),
        "influencers.LookSlot": (),
        "influencers.SlotOption": (),
        "influencers.Hotspot": (),
        "influencers.LookCount": (),
        "influencers.Store": ("name", "city"),
        "influencers.Pool": ("name", "about"),
        "influencers.Segment": ("name",),
        "influencers.StandingWeights": (),
    },
    rules=_RULES,
    obstacles=going.obstacles,
    before=going.take_down,
    files=(
        Stored(folder="looks/originals/", model="influencers.Picture", field="name"),
        Stored(folder="looks/renditions/", model="influencers.Rendition", field="name"),
    ),
    repeats={"photos of customers": lambda now: customer_photo_erasure.repeat(now=now)},
)
