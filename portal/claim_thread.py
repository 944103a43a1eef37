"""What was said about a claim, oldest first, with the files that came with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from payouts.models import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of one side, with a file or none."""

    who: str
    at: datetime
    text: str
    file_name: str
    file_url: str


def thread_of(claim: Claim, proof_route: str) -> list[Said]:
    """Return everything that was said; nobody of the team is named."""
    name = claim.affiliate.name
    said = [
        Said(
            who=name,
            at=claim.created_at,
            text=claim.text,
            file_name=claim.proof_name,
            file_url=_url(claim, proof_route, 0) if claim.proof_name else "",
        )
    ]
    for message in claim.messages.defer("proof").order_by("at", "pk"):
        said.append(
            Said(
                who=_("The programme team") if message.is_from_team else name,
                at=message.at,
                text=message.text,
                file_name=message.proof_name,
                file_url=_url(claim, proof_route, message.pk) if message.proof_name else "",
            )
        )
    return said


def _url(claim: Claim, route: str, number: int) -> str:
    return reverse(route, args=[claim.public_id, number])
