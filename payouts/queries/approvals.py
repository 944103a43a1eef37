"""Who may approve a batch: a person who neither made it nor gains by it."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Membership, Payee, TaxProfile
from core.models import AuditEntry
from payouts.models import Batch, Item
from payouts.queries.approval_rules import given, lacking

#: Acts that make a person one of those who composed the batch.
EDITS = (
    "batch.prepared",
    "batch.recomputed",
    "batch.item_excluded",
    "batch.item_included",
    "batch.submitted",
)
#: Acts by which a person decides who may act for an affiliate, or begins or ends to do so.
PEOPLE_CHOSEN = (
    "affiliate.membership_added",
    "affiliate.membership_changed",
    "affiliate.membership_removed",
    "team.invited",
    "team.invited_again",
    "team.joined",
    "team.role_changed",
    "team.removed",
    "team.left",
)


def why_not_approve(batch: Batch, user_id: int) -> str:
    """Return why this person may not approve ``batch``, as a sentence; empty when they may."""
    if _has_edited(batch, user_id):
        return _("You prepared, changed or submitted this batch: another person approves it.")
    live = batch.items.filter(status__in=Item.LIVE)
    affiliates = set(live.values_list("affiliate_id", flat=True))
    changed = Payee.objects.filter(affiliate__in=affiliates, changed_by=user_id)
    payee = changed.select_related("affiliate").order_by("pk").first() or _once_changed(
        affiliates, user_id
    )
    if payee is not None:
        return _(
            "You changed the bank details of %(name)s, who is in this batch:"
            " another person approves it."
        ) % {"name": payee.affiliate.name}
    profile = (
        TaxProfile.objects.filter(affiliate__in=affiliates, declared_by=user_id)
        .select_related("affiliate")
        .order_by("pk")
        .first()
    )
    if profile is not None:
        return _(
            "You declared the taxes of %(name)s, who is in this batch: another person approves it."
        ) % {"name": profile.affiliate.name}
    membership = (
        Membership.objects.filter(user=user_id, affiliate__in=affiliates)
        .select_related("affiliate")
        .first()
    )
    if membership is not None:
        return _("You act for %(name)s, who is paid by this batch: another person approves it.") % {
            "name": membership.affiliate.name
        }
    affiliate = _chosen_people_of(affiliates, user_id)
    if affiliate is not None:
        return _(
            "You changed who acts for %(name)s, who is paid by this batch:"
            " another person approves it."
        ) % {"name": affiliate.name}
    return ""


def why_not_refuse_file(batch: Batch, user_id: int) -> str:
    """Return why this person may not call back the file of ``batch``; empty when they may."""
    if has_approved(batch, user_id):
        return _("You approved this batch: another person says that its file was refused.")
    return ""


def has_approved(batch: Batch, user_id: int) -> bool:
    """Return whether this person's yes to ``batch`` still stands."""
    return batch.approvals.filter(user=user_id, dropped_at__isnull=True).exists()


def is_approved(batch: Batch) -> bool:
    """Return whether enough people's yes, still standing, is to exactly the content of ``batch``.

    How many are enough is what held when the last of them said so (P35).
    """
    approvals = given(batch)
    return bool(approvals) and not lacking(batch, max(one.at for one in approvals))


def _has_edited(batch: Batch, user_id: int) -> bool:
    if user_id in (batch.created_by_id, batch.submitted_by_id):
        return True
    return AuditEntry.objects.filter(
        subject_type=batch._meta.label_lower,
        subject_id=str(batch.pk),
        actor=user_id,
        verb__in=EDITS,
    ).exists()


def _once_changed(affiliates: Collection[int], user_id: int) -> Payee | None:
    """Return a payee whose details this person changed at any time, whoever changed them last."""
    payees = Payee.objects.filter(affiliate__in=affiliates).select_related("affiliate")
    by_subject = {str(payee.pk): payee for payee in payees.order_by("pk")}
    touched = (
        AuditEntry.objects.filter(
            subject_type=Payee._meta.label_lower, subject_id__in=by_subject, actor=user_id
        )
        .values_list("subject_id", flat=True)
        .first()
    )
    return by_subject[touched] if touched else None


def _chosen_people_of(affiliates: Collection[int], user_id: int) -> Affiliate | None:
    """Return an affiliate to which this person gave, or from which they took, somebody: also
    themselves."""
    touched = AuditEntry.objects.filter(
        subject_type=Affiliate._meta.label_lower,
        subject_id__in=[str(pk) for pk in affiliates],
        actor=user_id,
        verb__in=PEOPLE_CHOSEN,
    )
    found = touched.order_by("pk").values_list("subject_id", flat=True).first()
    return Affiliate.objects.get(pk=found) if found else None
