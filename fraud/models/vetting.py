from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProofMethod(models.TextChoices):
    DNS_TXT = "dns_txt", _("TXT record in the DNS")
    META_TAG = "meta_tag", _("Tag in the page")
    FILE = "file", _("File on the site")
    BIO_CODE = "bio_code", _("Code in the profile")


class Subject(models.Model):
    """An application, or the affiliate that it became: whom a finding of the vetting is about."""

    application = models.ForeignKey(
        "affiliates.Application", models.PROTECT, null=True, related_name="%(class)ss"
    )
    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, null=True, related_name="%(class)ss"
    )

    class Meta:
        abstract = True


class SiteProof(Subject):
    """That somebody was asked to prove a site theirs, and whether they did."""

    url = models.URLField(max_length=300)
    method = models.CharField(max_length=8, choices=ProofMethod.choices)
    token = models.CharField(max_length=40, unique=True)
    asked_at = models.DateTimeField()
    check_asked_at = models.DateTimeField(null=True, help_text="Somebody waits for a check.")
    checked_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True, help_text="What was missing last time.")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(
        "core.User", models.PROTECT, null=True, related_name="+", help_text="Of a code in a bio."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="site_proof_of_somebody",
                condition=Q(application__isnull=False) | Q(affiliate__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["verified_at", "checked_at"], name="site_proof_queue"),
            models.Index(
                fields=["check_asked_at"],
                condition=Q(check_asked_at__isnull=False),
                name="site_proof_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.url} by {self.method}"


class Snapshot(models.Model):
    """A page as it was when we fetched it: evidence, never changed."""

    asked_url = models.URLField(max_length=500)
    final_url = models.URLField(max_length=500, blank=True)
    hops = models.JSONField(
        default=list, help_text="Every answer on the way: address, status, location."
    )
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True, help_text="What a reader sees, shortened.")
    body = models.BinaryField(default=b"", help_text="The page as it came, zlib.")
    sha256 = models.CharField(max_length=64, blank=True)
    fetched_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["asked_url", "-fetched_at"], name="snapshot_of_url")]

    def __str__(self) -> str:
        return f"{self.asked_url} at {self.fetched_at:%Y-%m-%d %H:%M}"


class SiteClass(models.TextChoices):
    CONTENT = "content", _("Content")
    COUPON = "coupon", _("Promo codes")
    CASHBACK = "cashback", _("Cashback")
    EXTENSION = "extension", _("Browser extension")
    COMPARISON = "comparison", _("Comparison")
    MFA = "mfa", _("Made for affiliation")
    SUB_NETWORK = "sub_network", _("Sub-network")
    UNKNOWN = "unknown", _("Not known")


class SiteAssessment(Subject):
    """What a declared site seems to be, with what led to it. A person decides."""

    url = models.URLField(max_length=300)
    site_class = models.CharField(max_length=11, choices=SiteClass.choices)
    version = models.PositiveSmallIntegerField()
    features = models.JSONField(default=dict, help_text="What was counted, and what it weighed.")
    findings = models.JSONField(
        default=list, help_text="Lists, look-alikes and duplicates that were met, as JSON findings."
    )
    snapshots = models.ManyToManyField(Snapshot, related_name="assessments")
    assessed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="site_assessment_of_somebody",
                condition=Q(application__isnull=False) | Q(affiliate__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["is_current", "assessed_at"], name="assessment_due")]

    def __str__(self) -> str:
        return f"{self.url}: {self.site_class}"


class HostKind(models.TextChoices):
    CASHBACK = "cashback", _("Cashback")
    COUPON = "coupon", _("Promo codes")
    EXTENSION = "extension", _("Browser extension")
    SUB_NETWORK = "sub_network", _("Sub-network")
    SHIM = "shim", _("Link shim of a network or mail service")
    SHARED = "shared", _("Shared host: each sub-domain is a site of its own")
    DISPOSABLE = "disposable", _("Disposable e-mail")
    ALLOWED = "allowed", _("Allowed look-alike")


class ListedHost(models.Model):
    """A host that the programme's policy names, with where that comes from. Managers edit it."""

    pattern = models.CharField(
        max_length=200,
        help_text="A domain (its sub-domains with it), a sub-domain pattern with *, or host/path.",
    )
    kind = models.CharField(max_length=11, choices=HostKind.choices)
    source = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    author = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pattern", "kind"],
                condition=Q(removed_at__isnull=True),
                name="listed_host_once",
            ),
            models.CheckConstraint(
                name="listed_host_kind_known", condition=Q(kind__in=HostKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pattern} ({self.kind})"


class Redirector(models.Model):
    """A host of an affiliate that forwards to our links: declared, then fetched by us."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="redirectors"
    )
    url = models.URLField(max_length=300)
    host = models.CharField(max_length=253)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    check_asked_at = models.DateTimeField(null=True, help_text="Somebody waits for a check.")
    checked_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True, help_text="The chain ended on one of its links.")
    failure = models.CharField(max_length=300, blank=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "url"],
                condition=Q(removed_at__isnull=True),
                name="redirector_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["check_asked_at"],
                condition=Q(check_asked_at__isnull=False),
                name="redirector_asked",
            )
        ]

    def __str__(self) -> str:
        return self.url
