"""The vetting of an applicant or an affiliate as its page shows it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from fraud.models import ProofMethod, SiteAssessment, SiteClass
from portal.queries.staff_vetting import SiteSeen, Vetting
from portal.vetting_language import (
    METHODS,
    class_status,
    counted,
    feature_label,
    finding_sentence,
    finding_tone,
    proof_status,
    redirector_status,
    shared_words,
)


def card_of(vetting: Vetting) -> dict[str, Any]:
    """Return everything that the card draws."""
    return {
        "sites": [_site(one) for one in vetting.sites],
        "duplicates": [
            {
                "name": one.name,
                "href": reverse(
                    "portal:affiliate-detail" if one.is_affiliate else "portal:application-detail",
                    args=[one.public_id],
                ),
                "is_affiliate": one.is_affiliate,
                "what": shared_words(one.shared),
            }
            for one in vetting.duplicates
        ],
        "redirectors": [
            {"row": row, "status": redirector_status(row)} for row in vetting.redirectors
        ],
    }


def _site(one: SiteSeen) -> dict[str, Any]:
    assessment = one.assessment
    found: dict[str, Any] = {
        "url": one.url,
        "assessment": assessment,
        "removed_at": one.removed_at,
        "proofs": [
            {
                "row": proof,
                "how": METHODS[proof.method],
                "status": proof_status(proof),
                "is_bio": proof.method == ProofMethod.BIO_CODE,
            }
            for proof in one.proofs
        ],
    }
    if assessment is None:
        return found
    return {
        **found,
        "status": class_status(assessment.site_class),
        "reasons": _reasons(assessment),
        "counts": counted(assessment.features.get("counts", {})),
        "findings": [
            (finding_sentence(finding), finding_tone(finding)) for finding in assessment.findings
        ],
        "pages": assessment.pages,  # type: ignore[attr-defined]
    }


def _reasons(assessment: SiteAssessment) -> list[tuple[str, int, int]]:
    """Return what led to the class: feature, value, points; the heaviest first."""
    weights = assessment.features.get("weights", {})
    name = assessment.site_class
    if name == SiteClass.UNKNOWN:
        return []
    reasons = [(feature_label(one), value, points) for one, value, points in weights.get(name, [])]
    return sorted(reasons, key=lambda one: -one[2])
