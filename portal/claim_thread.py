"""What was said about a claim, oldest first, with the files that came with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from payouts.models import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words of one side, with a file or none. A file without address is deleted by now."""

    who: str
    at: datetime
    text: str
    file_name: str
    file_url: str


def thread_of(claim: Claim, proof_route: str) -> list[Said]:
    """Return everything that was said; nobody of the team is named."""
    name, kept = claim.affiliate.name, _kept(claim)
    said = [
        Said(
            who=name,
            at=claim.created_at,
            text=claim.text,
            file_name=claim.proof_name,
            file_url=_url(claim, proof_route, 0) if 0 in kept else "",
        )
    ]
    for message in claim.messages.defer("proof").order_by("at", "pk"):
        said.append(
            Said(
                who=_("The programme team") if message.is_from_team else name,
                at=message.at,
                text=message.text,
                file_name=message.proof_name,
                file_url=_url(claim, proof_route, message.pk) if message.pk in kept else "",
            )
        )
    return said


def _kept(claim: Claim) -> set[int]:
    """Return the numbers of the files that are not deleted yet; 0 is the claim's own."""
    messages = claim.messages.filter(proof__isnull=False).exclude(proof_name="")
    numbers = set(messages.values_list("pk", flat=True))
    own = Claim.objects.filter(pk=claim.pk, proof__isnull=False).exclude(proof_name="")
    return numbers | {0} if own.exists() else numbers


def _url(claim: Claim, route: str, number: int) -> str:
    return reverse(route, args=[claim.public_id, number])
