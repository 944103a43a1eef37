"""Samples of mails about looks, campaigns, contracts, pools and standing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from influencers.domain.campaign import Step
from influencers.domain.moderation import Reason
from influencers.models import (
    Campaign,
    Contract,
    Deliverable,
    DeliverableKind,
    Delivery,
    ImageLicence,
    Look,
    LookComment,
    LookStatus,
    LookVersion,
    Participation,
    Pool,
    PoolMember,
    Shipment,
    StandingContest,
)
from influencers.queries.campaigns import Due
from influencers.services import campaign_mails, contract_mails, look_mails, pool_mails, standing
from portal.mail_samples.scene import (
    CURRENCY,
    NOBODY,
    Sample,
    Scene,
    colleague,
    creator,
    euros,
    shop,
)
from shop.models import Product


def _look(scene: Scene, status: LookStatus = LookStatus.PUBLISHED) -> Look:
    return Look(
        pk=NOBODY,
        affiliate=creator(),
        shop=shop(),
        slug="linen-for-the-evening",
        status=status,
        status_changed_at=scene.now,
        status_reason=_("One of its products is out of stock."),
        publish_at=scene.ahead(1),
        expires_at=scene.ahead(180),
    )


def _version(scene: Scene) -> LookVersion:
    return LookVersion(
        pk=NOBODY, look=_look(scene), title=_("Linen for the evening"), status_changed_at=scene.now
    )


def _look_received(scene: Scene) -> None:
    look_mails.received(_version(scene), now=scene.now)


def _look_changes(scene: Scene) -> None:
    remarks = [
        LookComment(pk=NOBODY, text=_("The bag on the photo is not the one that is named.")),
        LookComment(pk=NOBODY, text=_("Please say more clearly that it is advertising.")),
    ]
    look_mails.changes(_version(scene), remarks, now=scene.now)


def _look_approved(scene: Scene) -> None:
    look_mails.approved(_version(scene), now=scene.now)


def _look_published(scene: Scene) -> None:
    look_mails.published(_look(scene), _version(scene), now=scene.now)


def _look_refused(scene: Scene) -> None:
    note = _("The logo on the shirt is large.")
    look_mails.refused(_version(scene), Reason.BRANDS, note, now=scene.now)


def _look_removed(scene: Scene) -> None:
    version, note = _version(scene), _("Their owner has written to us.")
    look_mails.removed(version.look, version, Reason.RIGHTS, note, now=scene.now)


def _look_paused(scene: Scene) -> None:
    look_mails.paused(_look(scene), _version(scene), now=scene.now)


def _licence_ends(scene: Scene) -> None:
    look_mails.licence_ends(
        _look(scene), _version(scene), last_day=scene.day(30), step=30, now=scene.now
    )


def _rights_ended(scene: Scene) -> None:
    licence = ImageLicence(pk=NOBODY, revoke_reason=_("The contract has ended."))
    titles = [_version(scene).title]
    look_mails.tell_of_rights(NOBODY, [licence], titles, count=2, now=scene.now)


def _campaign(scene: Scene) -> Campaign:
    return Campaign(
        pk=NOBODY,
        name=_("Autumn in the city"),
        fee_minor=40_000,
        bonus_minor=10_000,
        bonus_for=_("for the most saved look"),
        currency=CURRENCY,
        apply_until=scene.day(10),
        created_by=colleague(),
    )


def _part(scene: Scene) -> Participation:
    return Participation(
        pk=NOBODY,
        campaign=_campaign(scene),
        affiliate=creator(),
        fee_minor=40_000,
        bonus_minor=10_000,
        message=_("I would love to show the coats."),
        reason=_("The dates do not fit."),
    )


def _piece(scene: Scene) -> Deliverable:
    return Deliverable(pk=NOBODY, kind=DeliverableKind.LOOK, due_on=scene.day(2))


def _delivery(scene: Scene) -> Delivery:
    return Delivery(
        pk=NOBODY,
        participation=_part(scene),
        deliverable=_piece(scene),
        reason=_("Please show the coat from behind, too."),
    )


def _campaign_invited(scene: Scene) -> None:
    campaign_mails.invited(_part(scene), _campaign(scene), now=scene.now)


def _campaign_replied(scene: Scene) -> None:
    part, campaign = _part(scene), _campaign(scene)
    campaign_mails.applied(part, campaign, now=scene.now)
    campaign_mails.accepted(part, campaign, now=scene.now)
    campaign_mails.declined(part, campaign, now=scene.now)


def _campaign_answered(scene: Scene) -> None:
    part, campaign = _part(scene), _campaign(scene)
    campaign_mails.chosen(part, campaign, now=scene.now)
    campaign_mails.not_chosen(part, campaign, now=scene.now)


def _campaign_cancelled(scene: Scene) -> None:
    campaign_mails.part_cancelled(_part(scene), _campaign(scene), now=scene.now)


def _campaign_bonus(scene: Scene) -> None:
    campaign_mails.bonus_awarded(_part(scene), _campaign(scene), now=scene.now)


def _campaign_delivered(scene: Scene) -> None:
    campaign_mails.delivered(_delivery(scene), _part(scene), now=scene.now)


def _campaign_changes(scene: Scene) -> None:
    campaign_mails.changes_asked(_delivery(scene), _part(scene), now=scene.now)


def _campaign_approved(scene: Scene) -> None:
    campaign_mails.approved(_delivery(scene), _part(scene), now=scene.now)
    campaign_mails.done(_part(scene), now=scene.now)


def _due(scene: Scene, step: Step) -> None:
    found = Due(part=_part(scene), deliverable=_piece(scene), number=1, delivery=None)
    campaign_mails.due([found], step, now=scene.now)


def _campaign_due(scene: Scene) -> None:
    _due(scene, Step.SOON)


def _campaign_late(scene: Scene) -> None:
    _due(scene, Step.LATE)


def _shipment() -> Shipment:
    return Shipment(
        pk=NOBODY,
        affiliate=creator(),
        product=Product(pk=NOBODY, name=_("Wool coat, camel")),
        carrier="Colissimo",
        tracking_number="6A12345678901",
    )


def _parcel_news(scene: Scene) -> None:
    campaign_mails.parcel(_shipment(), "granted", now=scene.now)
    campaign_mails.parcel(_shipment(), "shipped", now=scene.now)


def _parcel_asked(scene: Scene) -> None:
    campaign_mails.asked_for(_shipment(), _campaign(scene), now=scene.now)


def _contract(scene: Scene) -> Contract:
    return Contract(
        pk=NOBODY,
        affiliate=creator(),
        purpose=_("Looks of the winter season"),
        status_reason=_("The season ends."),
        ended_on=scene.day(30),
        offered_by=colleague(),
    )


def _contract_offered(scene: Scene) -> None:
    contract_mails.offered(_contract(scene), now=scene.now)
    contract_mails.withdrawn(_contract(scene), now=scene.now)


def _contract_signed(scene: Scene) -> None:
    contract_mails.signed(_contract(scene), name=creator().name, now=scene.now)


def _contract_replied(scene: Scene) -> None:
    _contract_signed(scene)
    contract_mails.refused(_contract(scene), now=scene.now)


def _contract_ended(scene: Scene) -> None:
    contract_mails.ended(_contract(scene), now=scene.now)


def _contract_needed(scene: Scene) -> None:
    contract_mails.near_threshold(
        creator(),
        year=scene.now.year,
        total=euros(92_000),
        limit=euros(100_000),
        is_reached=False,
        now=scene.now,
    )


def _pool(scene: Scene) -> None:
    pool = Pool(pk=NOBODY, name=_("City looks"), about=_("For those who dress for town."))
    member = PoolMember(pk=NOBODY, affiliate=creator())
    pool_mails.invited(member, pool, now=scene.now)
    pool_mails.moved_up(member, pool, now=scene.now)
    pool_mails.removed(member, pool, _("The pool is full of winter looks."), now=scene.now)


def _contest() -> StandingContest:
    return StandingContest(
        pk=NOBODY,
        affiliate=creator(),
        text=_("The brief came a week late."),
        answer=_("You are right: the mark counts no more."),
    )


def _contested(scene: Scene) -> None:
    standing.tell_contested(_contest(), now=scene.now)


def _answered(scene: Scene) -> None:
    standing.tell_answered(_contest(), now=scene.now)


SAMPLES: dict[str, Sample] = {
    "look_received": _look_received,
    "look_changes": _look_changes,
    "look_approved": _look_approved,
    "look_published": _look_published,
    "look_refused": _look_refused,
    "look_removed": _look_removed,
    "look_paused": _look_paused,
    "look_licence_ends": _licence_ends,
    "look_rights_ended": _rights_ended,
    "campaign_invited": _campaign_invited,
    "campaign_replied": _campaign_replied,
    "campaign_answered": _campaign_answered,
    "campaign_cancelled": _campaign_cancelled,
    "campaign_bonus": _campaign_bonus,
    "campaign_delivered": _campaign_delivered,
    "campaign_changes": _campaign_changes,
    "campaign_approved": _campaign_approved,
    "campaign_due": _campaign_due,
    "campaign_late": _campaign_late,
    "parcel_news": _parcel_news,
    "parcel_asked": _parcel_asked,
    "contract_offered": _contract_offered,
    "contract_signed": _contract_signed,
    "contract_replied": _contract_replied,
    "contract_ended": _contract_ended,
    "contract_needed": _contract_needed,
    "pool_news": _pool,
    "standing_contested": _contested,
    "standing_answered": _answered,
}
