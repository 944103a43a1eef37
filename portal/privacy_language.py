"""What people call the tables in which something is held about them; several are one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.privacy.declaring import OnErasure
from core.privacy.erasing import Part

_SIGN_IN = _("Sign-in: address, name, password, passkeys, devices")
_LETTERS = _("Mails and notifications")
_SHOWING = _("How pages are arranged, and what was read")
_ACCOUNT = _("Account, application, sites and team")
_PAYEE = _("Bank details")
_TAX = _("Tax profile and mandates")
_THREADS = _("Messages with the team")
_HOOKS = _("Webhooks and what they were sent")
_LINKS = _("Links and promo codes")
_LOOKS = _("Looks and what was said of them")
_PHOTOS = _("Photos")
_RIGHTS = _("Rights in photos")
_PROFILE = _("Profile, social accounts and standing")
_NOTES = _("Notes of the team")
_CAMPAIGNS = _("Campaigns and parcels")
_CONTRACTS = _("Contracts and gifts")
_SALES = _("Sales and commissions")
_PAYOUTS = _("Payouts, statements and invoices")
_CLAIMS = _("Claims")
_CHECKS = _("Checks of the account, and their proof")
_TRAIL = _("The trail of who did what")
_REQUESTS = _("Requests about your data")
_API = _("API keys")
_FILES = _("Files that were exported")

_NAMES: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_SIGN_IN, ("core.User", "account.EmailAddress", "account.EmailConfirmation",
               "mfa.Authenticator", "usersessions.UserSession")),
    (_LETTERS, ("core.Notification", "core.Delivery", "core.LetterChoice", "core.LetterHours")),
    (_SHOWING, ("core.SavedView", "core.Schedule", "affiliates.AnnouncementReader",
               "affiliates.ThreadSeen", "affiliates.ResourcesSeen", "affiliates.ResourceDownload")),
    (_API, ("core.ApiKey", "core.ApiCall", "payouts.ProductFeed")),
    (_FILES, ("core.Export",)),
    (_TRAIL, ("core.AuditEntry", "admin.LogEntry", "core.StaffProposal", "core.StaffInvitation",
             "affiliates.AccountView")),
    (_REQUESTS, ("core.DataRequest",)),
    (_ACCOUNT, ("affiliates.Affiliate", "affiliates.Membership", "affiliates.Application",
               "affiliates.Property", "affiliates.Invitation", "affiliates.AffiliateProfile",
               "affiliates.TermsNotice", "fraud.SiteProof", "fraud.SiteAssessment",
               "fraud.Redirector", "affiliates.IdentityKey")),
    (_PAYEE, ("affiliates.Payee",)),
    (_TAX, ("affiliates.TaxProfile", "affiliates.Mandate", "affiliates.PayeeChange")),
    (_THREADS, ("affiliates.Thread", "affiliates.ThreadMessage")),
    (_HOOKS, ("affiliates.Endpoint", "affiliates.Event", "affiliates.EventDelivery")),
    (_LINKS, ("tracking.Link", "tracking.CouponCode", "tracking.CodeRequest")),
    (_LOOKS, ("influencers.Look", "influencers.LookVersion", "influencers.LookImage",
             "influencers.LookComment", "influencers.LookEvent", "influencers.CustomerPhoto")),
    (_PHOTOS, ("influencers.Picture", "influencers.Rendition")),
    (_RIGHTS, ("influencers.ImageLicence",)),
    (_PROFILE, ("influencers.Influencer", "influencers.SocialAccount", "influencers.SocialFigure",
               "influencers.StandingMark", "influencers.StandingContest",
               "influencers.PoolMember")),
    (_NOTES, ("influencers.InfluencerNote",)),
    (_CAMPAIGNS, ("influencers.Participation", "influencers.Delivery", "influencers.Shipment")),
    (_CONTRACTS, ("influencers.Contract", "influencers.ContractSignature", "influencers.Gift")),
    (_SALES, ("payouts.Commission", "tracking.Credit", "payouts.Adjustment",
             "payouts.AdjustmentProposal")),
    (_PAYOUTS, ("payouts.Item", "payouts.Statement", "payouts.Invoice", "payouts.InvoiceDelivery",
               "payouts.ManualProof", "payouts.BankEntry", "payouts.NameCheck",
               "payouts.StripeAccount", "payouts.PayoutHold")),
    (_CLAIMS, ("payouts.Claim", "payouts.ClaimMessage")),
    (_CHECKS, ("fraud.Case", "fraud.CaseMessage", "fraud.CaseFile", "fraud.CaseProposal",
              "fraud.Sanction", "fraud.Signal", "fraud.Screening", "fraud.Observation",
              "fraud.WouldFlag")),
    (_("Orders"), ("shop.Order",)),
    (_("Amounts and lines of orders"), ("shop.OrderLine",)),
    (_("Landings and steps in the shop"), ("tracking.Click",)),
)  # fmt: skip
NAMES = {table: name for name, tables in _NAMES for table in tables}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is held of one kind, with how many rows; what becomes of it, and why some stays."""

    name: str
    rows: int
    end: str
    why: str


def things(parts: Iterable[Part]) -> list[Thing]:
    """Return the parts of a preview or a receipt as people read them, one line for each thing.

    What is partly kept is told twice: what goes, and what stays with its reason.
    """
    rows: dict[tuple[str, bool, str], int] = {}
    for part in parts:
        stays = part.end == OnErasure.KEEP
        key = (str(NAMES[part.table]), stays, part.why)
        rows[key] = rows.get(key, 0) + part.rows
    return [
        Thing(name=name, rows=number, end=_end(stays=stays, why=why), why=why)
        for (name, stays, why), number in sorted(rows.items())
    ]


def _end(*, stays: bool, why: str) -> str:
    if stays:
        return str(_("Stays"))
    return str(_("Goes, in part")) if why else str(_("Goes"))
