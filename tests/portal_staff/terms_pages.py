"""One of each thing that has a page about terms."""

from affiliates.domain.terms_content import content_json
from tests.affiliates.terms_world import CONTENT, content, rule
from tests.builders import LONG_AGO, NOW, make_terms, make_user

BONUS = {"key": "goal", "name": "Goal", "kind": "goal", "minor": 5_000, "at": 10}


def make_terms_pages(affiliate):
    """Return the draft of a group with a rule and a bonus, and own terms that are over."""
    said = content(rules={"rules": [rule()], "bonuses": [BONUS]})
    draft = affiliate.group.drafts.create(
        name="Next", content=content_json(said), status_changed_at=NOW, author=make_user(),
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    own = make_terms(
        affiliate=affiliate, valid_from=LONG_AGO, valid_to=LONG_AGO.replace(hour=23),
        rate_bps=CONTENT["rate_bps"],
    )  # fmt: skip
    return draft, own


def terms_arguments(affiliate):
    """Return the arguments of every address about terms that has some."""
    draft, own = make_terms_pages(affiliate)
    names = (
        "edit", "rule-new", "bonus-new", "try", "preview", "publish", "offer", "take-back",
        "discard",
    )  # fmt: skip
    return {
        "terms-of-group": [affiliate.group.slug],
        **dict.fromkeys(["terms-of-affiliate", "factor-set", "factor-end"], [affiliate.public_id]),
        **dict.fromkeys(["version-detail", "version-end", "version-try"], [own.pk]),
        **{f"draft-{name}": [draft.pk] for name in names},
        **dict.fromkeys(["rule-edit", "rule-move", "rule-remove"], [draft.pk, "linen"]),
        **dict.fromkeys(["bonus-edit", "bonus-remove"], [draft.pk, "goal"]),
    }


def terms_things(affiliate, *, of_partner):
    """Return what stands for the parameters of every route about terms.

    ``of_partner``: a version that the partner who looks had.
    """
    draft, own = make_terms_pages(affiliate)
    address = f"manage/terms/drafts/{draft.pk}/"
    return {
        "manage/terms/drafts/<int:pk>/rules/<str:key>/": [f"{address}rules/linen/"],
        "manage/terms/drafts/<int:pk>/bonuses/<str:key>/": [f"{address}bonuses/goal/"],
        "manage/terms/drafts/<int:pk>/": [address],
        "manage/terms/versions/<int:pk>/": [f"manage/terms/versions/{own.pk}/"],
        "manage/terms/groups/<slug:slug>/": [f"manage/terms/groups/{affiliate.group.slug}/"],
        "manage/terms/affiliates/<uuid:public_id>/": [
            f"manage/terms/affiliates/{affiliate.public_id}/"
        ],
        "portal/terms/offers/<int:pk>/": [f"portal/terms/offers/{draft.pk}/"],
        "portal/terms/<int:pk>/": [f"portal/terms/{of_partner.pk}/"],
    }
