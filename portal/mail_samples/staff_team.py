"""Samples of mails about the team that runs the programme."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core import staff_mails
from core.models import ProposalStatus, StaffInvitation, StaffProposal, StaffRole
from portal.mail_samples.scene import NOBODY, Sample, Scene, colleague, person


def _invitation(scene: Scene) -> StaffInvitation:
    return StaffInvitation(
        pk=NOBODY,
        email=scene.reader.email,
        roles=[StaffRole.MANAGER],
        language=scene.reader.language,
        invited_by=person(),
        sendings=1,
        expires_at=scene.ahead(7),
    )


def _proposal(scene: Scene, status: ProposalStatus) -> StaffProposal:
    return StaffProposal(
        pk=NOBODY,
        role=StaffRole.FINANCE,
        person=colleague(),
        reason=_("She takes over the monthly payouts."),
        proposed_by=person(),
        expires_at=scene.ahead(7),
        status=status,
        decided_by=scene.reader,
        answer=_("Let us wait until she has begun.") if status == ProposalStatus.DECLINED else "",
    )


def _invited(scene: Scene) -> None:
    staff_mails.invited_person(
        _invitation(scene), scene.reader, key="staff-invitation", now=scene.now
    )


def _proposed(scene: Scene) -> None:
    staff_mails.proposed(_proposal(scene, ProposalStatus.PROPOSED), [scene.reader], now=scene.now)


def _changed(scene: Scene) -> None:
    staff_mails.joined(_invitation(scene), scene.reader, now=scene.now)
    staff_mails.role_given(colleague(), StaffRole.FINANCE, by=person(), now=scene.now)
    for status in (ProposalStatus.CONFIRMED, ProposalStatus.DECLINED):
        staff_mails.decided(_proposal(scene, status), now=scene.now)
    staff_mails.gone(colleague(), [StaffRole.FINANCE], by=person(), now=scene.now)


SAMPLES: dict[str, Sample] = {
    "staff_invited": _invited,
    "staff_proposed": _proposed,
    "staff_changed": _changed,
}
