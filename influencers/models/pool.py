from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.crypto import EncryptedTextField
from core.states import Moves


class Tier(models.TextChoices):
    """By followers; engagement is compared inside a tier only."""

    NANO = "nano", _("Below 10,000")
    MICRO = "micro", _("10,000 to 50,000")
    MID = "mid", _("50,000 to 250,000")
    LARGE = "large", _("250,000 and more")


class Store(models.Model):
    """A store whose employees make looks. ``name`` is what employees' accounts carry."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    closed_on = models.DateField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Influencer(models.Model):
    """What the programme knows of a creator beyond the account: the page, and how to be found."""

    affiliate = models.OneToOneField(
        "affiliates.Affiliate", models.PROTECT, related_name="influencer"
    )
    handle = models.SlugField(max_length=40, unique=True, help_text="/looks/by/<handle>/")
    bio = models.CharField(max_length=400, blank=True)
    wished_bio = models.CharField(
        max_length=400, blank=True, default="", db_default="",
        help_text="What the creator wants to say, until the team has looked at it.",
    )  # fmt: skip
    bio_wished_at = models.DateTimeField(
        null=True, editable=False,
        help_text="Since when that waits for the team; empty once it was declined.",
    )  # fmt: skip
    avatar = models.ForeignKey("influencers.Picture", models.SET_NULL, null=True, related_name="+")
    cover = models.ForeignKey("influencers.Picture", models.SET_NULL, null=True, related_name="+")
    accent = models.CharField(max_length=10, default="rust", help_text="One of six colours.")
    is_page_public = models.BooleanField(default=False)
    first_looks = ArrayField(
        models.PositiveBigIntegerField(), default=list, blank=True,
        help_text="Looks that the page shows before all others, in this order.",
    )  # fmt: skip
    themes = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    region = models.CharField(max_length=80, blank=True)
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    sizes = models.JSONField(default=dict, blank=True, help_text="E.g. {'top': 'M'}, for gifts.")
    address = EncryptedTextField(blank=True, help_text="Where gifts are sent.")
    # Of a store employee.
    store = models.ForeignKey(Store, models.PROTECT, null=True, related_name="employees")
    agreed_by = models.CharField(max_length=120, blank=True, help_text="The manager's name.")
    agreed_on = models.DateField(null=True, help_text="When the manager agreed.")
    working_time = models.CharField(
        max_length=300, blank=True, help_text="When looks are made, as agreed with the manager."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="creator_waiting_bio_is_there",
                condition=Q(bio_wished_at__isnull=True) | ~Q(wished_bio=""),
            )
        ]

    def __str__(self) -> str:
        return self.handle

    @property
    def bio_waits(self) -> bool:
        return self.bio_wished_at is not None

    @property
    def bio_was_declined(self) -> bool:
        return bool(self.wished_bio) and not self.bio_waits


class Pool(models.Model):
    """Creators who are briefed together: by theme, size, region or store."""

    name = models.CharField(max_length=80, unique=True)
    about = models.CharField(max_length=300, blank=True)
    themes = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    tiers = ArrayField(models.CharField(max_length=5, choices=Tier.choices), default=list)
    regions = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    stores = models.ManyToManyField(Store, related_name="pools", blank=True)
    most = models.PositiveIntegerField(null=True, help_text="Members; further ones wait.")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MemberStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    WAITING = "waiting", _("On the waiting list")
    MEMBER = "member", _("Member")
    DECLINED = "declined", _("Declined")
    LEFT = "left", _("Left")


class PoolMember(Moves, models.Model):
    """A creator in a pool, or on the way into it."""

    ARROWS = {
        MemberStatus.INVITED: {MemberStatus.MEMBER, MemberStatus.WAITING, MemberStatus.DECLINED,
                               MemberStatus.LEFT},
        MemberStatus.WAITING: {MemberStatus.MEMBER, MemberStatus.LEFT},
        MemberStatus.MEMBER: {MemberStatus.LEFT},
        MemberStatus.DECLINED: {MemberStatus.INVITED},
        MemberStatus.LEFT: {MemberStatus.INVITED, MemberStatus.MEMBER},
    }  # fmt: skip

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="members")
    affiliate = models.ForeignKey("affiliates.Affiliate", models.PROTECT, related_name="pools")
    status = models.CharField(max_length=8, choices=MemberStatus.choices)
    status_changed_at = models.DateTimeField()
    added_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "affiliate"], name="pool_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.affiliate} in {self.pool}"


class InfluencerNote(models.Model):
    """What staff wrote down about a creator. Never edited; the person may ask to read it."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="influencer_notes"
    )
    text = models.TextField(max_length=2_000)
    author = models.ForeignKey("core.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.text[:40]


class Segment(models.Model):
    """A saved selection of creators, evaluated anew each time it is used."""

    name = models.CharField(max_length=80, unique=True)
    rules = models.JSONField(help_text="influencers.domain.segment.Rules as a document.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class Network(models.TextChoices):
    INSTAGRAM = "instagram", _("Instagram")
    TIKTOK = "tiktok", _("TikTok")
    YOUTUBE = "youtube", _("YouTube")
    PINTEREST = "pinterest", _("Pinterest")
    BLOG = "blog", _("Blog or newsletter")
    COMMUNITY = "community", _("Our own community")


class SocialAccount(models.Model):
    """An account of a creator on a network."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="social_accounts"
    )
    network = models.CharField(max_length=9, choices=Network.choices)
    handle = models.CharField(max_length=80)
    url = models.URLField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "network", "handle"], name="social_account_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.handle} ({self.network})"


class SocialFigure(models.Model):
    """What an account counted on a day, by whom, and what proves it. Never edited."""

    account = models.ForeignKey(SocialAccount, models.PROTECT, related_name="figures")
    day = models.DateField()
    followers = models.PositiveIntegerField()
    posts = models.PositiveIntegerField(default=0, help_text="By the creator, in 90 days.")
    writers = models.PositiveIntegerField(
        default=0, help_text="Distinct members who wrote about looks or codes, in 90 days."
    )
    replies = models.PositiveIntegerField(default=0, help_text="Comments by others, in 90 days.")
    answered = models.PositiveIntegerField(default=0, help_text="Of them, within 48 hours.")
    interactions = models.PositiveIntegerField(
        default=0, help_text="Likes, comments, saves and shares in 90 days."
    )
    source = models.CharField(
        max_length=8,
        choices=[
            ("declared", _("Declared by the creator")),
            ("staff", _("Read by staff")),
            ("api", _("From the network")),
        ],
    )
    proof_sha256 = models.CharField(max_length=64, blank=True, help_text="Of a screenshot.")
    given_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="social_figure_parts_within_whole", condition=Q(answered__lte=F("replies"))
            )
        ]
        indexes = [models.Index(fields=["account", "-day"], name="social_figure_newest")]

    def __str__(self) -> str:
        return f"{self.account}: {self.followers} on {self.day}"


class MarkKind(models.TextChoices):
    """What a person did, and what it weighs (docs/rules/standing.md)."""

    UNPROMPTED_LOOK = "look", _("A look nobody asked for")
    MENTION = "mention", _("Spoke well of us")
    CODE_USED = "code", _("Three buyers used the code")
    REPEAT = "repeat", _("Came back for another campaign")
    COMPLAINT = "complaint", _("Complained in public")
    NEGATIVE = "negative", _("Spoke ill of us")
    STRIKE = "strike", _("Advertising not disclosed, or against the rules")
    RETURNS = "returns", _("Far more returns than others")


class StandingMark(models.Model):
    """One thing a creator did that counts for the standing, confirmed by a person or the rows."""

    affiliate = models.ForeignKey(
        "affiliates.Affiliate", models.PROTECT, related_name="standing_marks"
    )
    kind = models.CharField(max_length=9, choices=MarkKind.choices)
    source = models.CharField(max_length=140, help_text="What it was seen in, e.g. look:12.")
    on = models.DateField()
    note = models.CharField(max_length=300, blank=True, help_text="Shown to the creator.")
    confirmed_by = models.ForeignKey("core.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["affiliate", "kind", "source"], name="standing_mark_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.affiliate}"
