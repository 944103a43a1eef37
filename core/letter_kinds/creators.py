"""Letters to creators: influencers, and employees of the stores."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.letter_kinds.kind import Audience, Category, Lock, kind

_WHO, _LOOKS = Audience.CREATOR, Category.LOOKS

KINDS = (
    kind("look_received", _("Look received"),
         _("When a look of yours is in review."), _WHO, _LOOKS),
    kind("look_changes", _("Changes to a look"),
         _("When something has to change before a look can appear."), _WHO, _LOOKS),
    kind("look_approved", _("Look approved"),
         _("When a look of yours is approved."), _WHO, _LOOKS),
    kind("look_published", _("Look published"),
         _("When a look of yours can be seen, or seen again."), _WHO, _LOOKS),
    kind("look_refused", _("Look refused"),
         _("When we do not show a look, with the reason."), _WHO, _LOOKS, Lock.TERMS),
    kind("look_removed", _("Look removed"),
         _("When a look is taken away, with the statement of reasons."), _WHO, _LOOKS, Lock.TERMS),
    kind("look_paused", _("Look paused"),
         _("When a look is not shown for a while."), _WHO, _LOOKS),
    kind("look_licence_ends", _("Rights in photos end"),
         _("Before the rights that you gave in photos end."), _WHO, _LOOKS),
    kind("look_rights_ended", _("Rights in photos ended"),
         _("When we no longer use photos of yours."), _WHO, _LOOKS, Lock.TERMS),
    kind("campaign_invited", _("Invitation to a campaign"),
         _("When we would like you to take part in a campaign."), _WHO, _LOOKS),
    kind("campaign_answered", _("Campaign: your application"),
         _("When we chose you for a campaign, or others."), _WHO, _LOOKS),
    kind("campaign_cancelled", _("Campaign cancelled"),
         _("When you need not deliver any more."), _WHO, _LOOKS, Lock.TERMS),
    kind("campaign_changes", _("Campaign: please change something"),
         _("When what you delivered has to change."), _WHO, _LOOKS),
    kind("campaign_approved", _("Campaign: approved"),
         _("When what you delivered is approved."), _WHO, _LOOKS),
    kind("campaign_due", _("Campaign: due"),
         _("A week and two days before something is due, on the day, and once it is late."),
         _WHO, _LOOKS),
    kind("campaign_bonus", _("Campaign bonus"),
         _("When you get the bonus of a campaign."), _WHO, Category.MONEY, Lock.MONEY),
    kind("parcel_news", _("Products for you"),
         _("When a product is granted, refused or sent."), _WHO, _LOOKS),
    kind("pool_news", _("Pools"),
         _("When you are invited to a pool, get a place in it or leave it."), _WHO, _LOOKS),
    kind("standing_answered", _("Your standing"),
         _("When we answer what you said about your standing."), _WHO, _LOOKS),
    kind("contract_offered", _("Contract offered"),
         _("When a contract waits for your signature, or is withdrawn."),
         _WHO, _LOOKS, Lock.TERMS),
    kind("contract_signed", _("Contract signed"),
         _("When a contract is signed, for you to keep."), _WHO, _LOOKS, Lock.TERMS),
    kind("contract_ended", _("Contract ends"),
         _("When a contract ends, and why."), _WHO, _LOOKS, Lock.TERMS),
)  # fmt: skip
