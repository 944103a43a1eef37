"""What people read about campaigns by mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from affiliates.services.terms_words import amount, day
from core import staff
from core.letters import tell
from influencers.domain.campaign import Step
from influencers.models import Campaign, Delivery, Participation, Shipment
from influencers.queries.campaigns import Due

Said = Callable[[], list[str]]


def invited(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell a creator that a campaign would like them to take part."""
    _creator(
        part,
        f"invited:{now:%Y%m%d}",
        lambda: _("You are invited: %(campaign)s") % {"campaign": campaign.name},
        lambda: [
            _("We would like you to take part in “%(campaign)s”.") % {"campaign": campaign.name},
            _fee_sentence(campaign.fee_minor, campaign.currency),
            _("Read the brief and answer until %(day)s: %(address)s")
            % {"day": day(campaign.apply_until), "address": _own(part)},
        ],
        now,
        kind="campaign_invited",
    )


def applied(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell whoever wrote the campaign that somebody would like to take part."""
    _author(
        part,
        campaign,
        "applied",
        lambda: _("%(name)s would like to take part") % {"name": part.affiliate.name},
        lambda: [part.message, _ours(campaign)],
        now,
        kind="campaign_replied",
    )


def accepted(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell whoever wrote the campaign that somebody accepted."""
    _author(
        part,
        campaign,
        "accepted",
        lambda: _("%(name)s takes part") % {"name": part.affiliate.name},
        lambda: [
            _("%(name)s accepted “%(campaign)s”: %(address)s")
            % {"name": part.affiliate.name, "campaign": campaign.name, "address": _ours(campaign)}
        ],
        now,
        kind="campaign_replied",
    )


def declined(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell whoever wrote the campaign that somebody declined, and why."""
    _author(
        part,
        campaign,
        f"declined:{now:%Y%m%d}",
        lambda: _("%(name)s does not take part") % {"name": part.affiliate.name},
        lambda: [part.reason, _ours(campaign)],
        now,
        kind="campaign_replied",
    )


def chosen(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell a creator who applied that they take part."""
    _creator(
        part,
        "chosen",
        lambda: _("You take part: %(campaign)s") % {"campaign": campaign.name},
        lambda: [
            _("We chose you for “%(campaign)s”.") % {"campaign": campaign.name},
            _("What you deliver and when is written here: %(address)s") % {"address": _own(part)},
        ],
        now,
        kind="campaign_answered",
    )


def not_chosen(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell a creator who applied that they do not take part, and why."""
    _creator(
        part,
        "refused",
        lambda: _("Your application: %(campaign)s") % {"campaign": campaign.name},
        lambda: [
            _("This time we chose others for “%(campaign)s”.") % {"campaign": campaign.name},
            part.reason,
        ],
        now,
        kind="campaign_answered",
    )


def part_cancelled(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell a creator that nothing has to be delivered any more, and why."""
    _creator(
        part,
        "cancelled",
        lambda: _("You need not deliver any more: %(campaign)s") % {"campaign": campaign.name},
        lambda: [
            _("Your part in “%(campaign)s” ends.") % {"campaign": campaign.name},
            part.reason,
        ],
        now,
        kind="campaign_cancelled",
    )


def bonus_awarded(part: Participation, campaign: Campaign, *, now: datetime) -> None:
    """Tell a creator that they get the bonus."""
    _creator(
        part,
        "bonus",
        lambda: _("You get the bonus: %(campaign)s") % {"campaign": campaign.name},
        lambda: [
            _("%(bonus)s for “%(campaign)s”: %(why)s")
            % {
                "bonus": amount(part.bonus_minor, campaign.currency),
                "campaign": campaign.name,
                "why": campaign.bonus_for,
            },
            _("It is paid like the fee, once it is booked."),
        ],
        now,
        kind="campaign_bonus",
    )


def delivered(delivery: Delivery, part: Participation, *, now: datetime) -> None:
    """Tell whoever wrote the campaign that something waits to be looked at."""
    _author(
        part,
        part.campaign,
        f"delivered:{delivery.pk}:{now:%Y%m%dT%H%M}",
        lambda: _("%(name)s has delivered") % {"name": part.affiliate.name},
        lambda: [
            _("Look at it for “%(campaign)s”: %(address)s")
            % {"campaign": part.campaign.name, "address": _ours(part.campaign)}
        ],
        now,
        kind="campaign_delivered",
    )


def changes_asked(delivery: Delivery, part: Participation, *, now: datetime) -> None:
    """Tell a creator what has to change."""
    _creator(
        part,
        f"changes:{delivery.pk}:{now:%Y%m%dT%H%M}",
        lambda: _("Please change something: %(campaign)s") % {"campaign": part.campaign.name},
        lambda: [
            _("%(what)s, for “%(campaign)s”:")
            % {
                "what": delivery.deliverable.get_kind_display(),
                "campaign": part.campaign.name,
            },
            delivery.reason,
            _("Send it in again here: %(address)s") % {"address": _own(part)},
        ],
        now,
        kind="campaign_changes",
    )


def approved(delivery: Delivery, part: Participation, *, now: datetime) -> None:
    """Tell a creator that one piece is taken, and that others lack."""
    _creator(
        part,
        f"approved:{delivery.pk}",
        lambda: _("Approved: %(campaign)s") % {"campaign": part.campaign.name},
        lambda: [
            _("Thank you. What you delivered for “%(campaign)s” is approved.")
            % {"campaign": part.campaign.name},
            _("What is left is written here: %(address)s") % {"address": _own(part)},
        ],
        now,
        kind="campaign_approved",
    )


def done(part: Participation, *, now: datetime) -> None:
    """Tell a creator that everything is approved, and what they are paid."""
    campaign = part.campaign
    _creator(
        part,
        "done",
        lambda: _("Everything is approved: %(campaign)s") % {"campaign": campaign.name},
        lambda: [
            _("Thank you. Everything you delivered for “%(campaign)s” is approved.")
            % {"campaign": campaign.name},
            _("Your fee of %(fee)s is paid with your next payment, once it is booked.")
            % {"fee": amount(part.fee_minor, campaign.currency)}
            if part.fee_minor
            else "",
        ],
        now,
        kind="campaign_approved",
    )


def due(found: Sequence[Due], step: Step, *, now: datetime) -> None:
    """Remind a creator of pieces of one campaign and day; of what is late, its author too."""
    part, due_on = found[0].part, found[0].deliverable.due_on
    campaign, stamp = part.campaign, f"{found[0].deliverable.due_on:%Y%m%d}"
    _creator(
        part,
        f"due:{step}:{stamp}",
        lambda: _due_subject(step) % {"campaign": campaign.name},
        lambda: [
            *(
                _("%(what)s: due on %(day)s")
                % {
                    "what": one.deliverable.get_kind_display(),
                    "day": day(due_on),
                }
                for one in found
            ),
            _("Deliver it here: %(address)s") % {"address": _own(part)},
        ],
        now,
        kind="campaign_due",
    )
    if step is Step.LATE:
        _author(
            part,
            campaign,
            f"late:{stamp}",
            lambda: _("%(name)s is late") % {"name": part.affiliate.name},
            lambda: [
                _("Something for “%(campaign)s” was due on %(day)s: %(address)s")
                % {"campaign": campaign.name, "day": day(due_on), "address": _ours(campaign)}
            ],
            now,
            kind="campaign_late",
        )


def parcel(shipment: Shipment, step: str, *, now: datetime) -> None:
    """Tell a creator what becomes of something they asked for: granted, refused or sent."""
    subjects: dict[str, Callable[[], str]] = {
        "granted": lambda: _("Your product will be sent"),
        "refused": lambda: _("We cannot send this product"),
        "shipped": lambda: _("Your product is on its way"),
    }
    tell(
        people_of(shipment.affiliate_id, Ability.SEE_WORK),
        f"shipment:{shipment.pk}:{step}",
        now,
        subjects[step],
        lambda: [
            shipment.product.name,
            shipment.reason,
            _("Carrier: %(carrier)s, number %(number)s")
            % {"carrier": shipment.carrier, "number": shipment.tracking_number}
            if step == "shipped" and shipment.tracking_number
            else "",
        ],
        kind="parcel_news",
    )


def asked_for(shipment: Shipment, campaign: Campaign, *, now: datetime) -> None:
    """Tell whoever wrote the campaign that a creator asks for a product."""
    tell(
        staff.who_answers(campaign.created_by, "manager"),
        f"shipment:{shipment.pk}:asked",
        now,
        lambda: _("%(name)s asks for a product") % {"name": shipment.affiliate.name},
        lambda: [
            shipment.product.name,
            _("Decide here: %(address)s") % {"address": f"{settings.PUBLIC_URL}/manage/shipments/"},
        ],
        kind="parcel_asked",
    )


def _due_subject(step: Step) -> str:
    return {
        Step.WEEK: _("Due within a week: %(campaign)s"),
        Step.SOON: _("Due within two days: %(campaign)s"),
        Step.TODAY: _("Due today: %(campaign)s"),
        Step.LATE: _("This is late: %(campaign)s"),
    }[step]


def _fee_sentence(minor: int, currency: str) -> str:
    if not minor:
        return ""
    return _("You get a fee of %(fee)s for it.") % {"fee": amount(minor, currency)}


def _creator(
    part: Participation,
    which: str,
    subject: Callable[[], str],
    said: Said,
    now: datetime,
    *,
    kind: str,
) -> None:
    people = people_of(part.affiliate_id, Ability.SEE_WORK)
    tell(people, f"part:{part.pk}:{which}", now, subject, said, kind=kind)


def _author(
    part: Participation,
    campaign: Campaign,
    which: str,
    subject: Callable[[], str],
    said: Said,
    now: datetime,
    *,
    kind: str,
) -> None:
    key = f"part:{part.pk}:{which}:author"
    tell(staff.who_answers(campaign.created_by, "manager"), key, now, subject, said, kind=kind)


def _own(part: Participation) -> str:
    return f"{settings.PUBLIC_URL}/portal/briefs/{part.campaign.public_id}/"


def _ours(campaign: Campaign) -> str:
    return f"{settings.PUBLIC_URL}/manage/campaigns/{campaign.public_id}/"
