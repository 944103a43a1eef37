"""Sites that were read, proved and listed."""

from affiliates.models import Property
from fraud.models import ListedHost, Redirector, SiteAssessment, Snapshot
from fraud.services import proofs
from tests.builders import NOW, make_user

FEATURES = {
    "counts": {"pages": 1, "words": 300, "reveal_words": 12, "links_coupon": 2},
    "weights": {"coupon": [["reveal_words", 12, 40], ["sites_linked", 12, 20]]},
    "is_read": True,
}
FINDINGS = [
    {"kind": "listed", "list": "coupon", "pattern": "carnet.example", "source": "Press"},
    {"kind": "lookalike", "host": "carnet.example", "name": "Carnet", "level": "L1"},
    {"kind": "other_class", "declared": "content", "suggested": "coupon"},
    {"kind": "moved", "to": "https://new.example/"},
    {"kind": "unread", "error": "answered 404"},
]


def make_assessment(url, **owner):
    """A site that looks like one of promo codes, with every finding there is; returns its page."""
    assessment = SiteAssessment.objects.create(
        url=url, site_class="coupon", version=1, features=FEATURES, findings=FINDINGS,
        assessed_at=NOW, **owner,
    )  # fmt: skip
    page = Snapshot.objects.create(
        asked_url=url, final_url=url, status=200, title="<b>Codes</b>", fetched_at=NOW,
        text="First line\n<script>alert(1)</script>",
        hops=[{"url": url, "status": 200, "location": "", "error": ""}],
    )  # fmt: skip
    assessment.snapshots.add(page)
    return page


def make_vetted(affiliate):
    """A site of an affiliate with its page, proofs of every kind, and a redirector."""
    url = "https://carnet-proved.example/"
    Property.objects.create(affiliate=affiliate, url=url, declared_at=NOW)
    page = make_assessment(url, affiliate=affiliate)
    proof, *_others = [
        proofs.ask(url=url, method=method, affiliate_id=affiliate.pk, now=NOW)
        for method in ("dns_txt", "meta_tag", "file", "bio_code")
    ]
    redirector = Redirector.objects.create(
        affiliate=affiliate, url="https://go.example/x", host="go.example", declared_at=NOW,
        checked_at=NOW, failure="It leads to another site.", snapshot=page,
    )  # fmt: skip
    return page, proof, redirector


def make_listed():
    """A host on a policy list, put there by a person."""
    return ListedHost.objects.create(
        pattern="deals-listed.example", kind="coupon", source="Press", created_at=NOW,
        author=make_user(),
    )  # fmt: skip
