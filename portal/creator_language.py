"""Creators as people read them: standing, pools, rates and where figures come from."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from influencers.domain.audience import Measures, Rate
from influencers.domain.standing import Gate, Judged, Label, Part
from influencers.models import MarkKind, MemberStatus, Network, SocialFigure, Tier
from influencers.queries.standing import AccountStanding, CreatorStanding
from portal.display import StatusText, Text
from portal.formats import format_bps, format_count, format_day

LABELS = {
    Label.AMBASSADOR: StatusText(
        "ambassador", gettext_lazy("Ambassador"), "success", "circle-check",
        gettext_lazy("Did much for us unasked within 180 days."),
    ),
    Label.NEUTRAL: StatusText(
        "neutral", gettext_lazy("Neutral"), "neutral", "circle-dashed",
        gettext_lazy("Neither much for us nor against us within 180 days."),
    ),
    Label.DETRACTOR: StatusText(
        "detractor", gettext_lazy("Detractor"), "danger", "circle-alert",
        gettext_lazy("Complaints or broken rules outweigh the rest within 180 days."),
    ),
}  # fmt: skip
_MEMBERS = {
    MemberStatus.INVITED: StatusText(
        "invited", gettext_lazy("Invited"), "info", "mail",
        gettext_lazy("The creator has yet to answer."),
    ),
    MemberStatus.WAITING: StatusText(
        "waiting", gettext_lazy("On the waiting list"), "warning", "hourglass",
        gettext_lazy("The next free place goes to whoever waits longest."),
    ),
    MemberStatus.MEMBER: StatusText(
        "member", gettext_lazy("Member"), "success", "check", gettext_lazy("Takes part."),
    ),
    MemberStatus.DECLINED: StatusText(
        "declined", gettext_lazy("Declined"), "neutral", "circle-x",
        gettext_lazy("Does not want to take part."),
    ),
    MemberStatus.LEFT: StatusText(
        "left", gettext_lazy("Left"), "neutral", "log-out",
        gettext_lazy("Takes part no more."),
    ),
}  # fmt: skip
_GATES: dict[Gate, Text] = {
    Gate.NO_FIGURES: gettext_lazy("Not enough data: no figures of the last 90 days."),
    Gate.FEW_POSTS: gettext_lazy("Not enough data: fewer than 5 posts in 90 days."),
    Gate.FEW_DAYS: gettext_lazy("Not enough data: figures of less than 28 days."),
    Gate.JUMP: gettext_lazy("Members rose as they never do by themselves: not ranked."),
    Gate.LEAKED_CODE: gettext_lazy(
        "A promo code is used mostly by buyers who never came from the creator: not ranked."
    ),
    Gate.FEW_PARTS: gettext_lazy("Not enough data: less than half of the weight is known."),
}
PARTS: dict[Part, Text] = {
    Part.MARGIN: gettext_lazy("Margin for each 1,000 members"),
    Part.INCREMENTAL: gettext_lazy("Sales that would not have come anyway"),
    Part.ANSWERED: gettext_lazy("Replies answered within 48 hours"),
    Part.ENGAGEMENT: gettext_lazy("Engagement of the community"),
    Part.RELIABILITY: gettext_lazy("Reliability"),
    Part.AUDIENCE: gettext_lazy("Audience near our stores"),
}
_PART_SOURCES: dict[Part, Text] = {
    Part.MARGIN: gettext_lazy(
        "Orders of 90 days, returns and commission taken off; percentile in the size tier."
    ),
    Part.INCREMENTAL: gettext_lazy("The factor measured by an experiment, if one is in force."),
    Part.ANSWERED: gettext_lazy("Figures of the largest account; percentile in its tier."),
    Part.ENGAGEMENT: gettext_lazy("Figures of the largest account; percentile in its tier."),
    Part.RELIABILITY: gettext_lazy("What was due within 180 days, strikes, licences taken back."),
    Part.AUDIENCE: gettext_lazy("Where the buyers of 90 days live; at least 10 orders."),
}
_RATES: dict[Rate, Text] = {
    Rate.ENGAGEMENT: gettext_lazy("Engagement rate (community)"),
    Rate.INTERACTION: gettext_lazy("Interaction rate"),
    Rate.ANSWERED: gettext_lazy("Answered share"),
    Rate.SOCIAL: gettext_lazy("Social interaction rate"),
}
_RATE_HELP: dict[Rate, Text] = {
    Rate.ENGAGEMENT: gettext_lazy("Members who wrote, for each 1,000 members."),
    Rate.INTERACTION: gettext_lazy("Comments by others for each post."),
    Rate.ANSWERED: gettext_lazy("Of these comments, those answered within 48 hours."),
    Rate.SOCIAL: gettext_lazy("Likes, comments, saves and shares for each 1,000 members."),
}
_SOURCES: dict[str, Text] = {
    "declared": gettext_lazy("Declared by the creator; counts for 70 %"),
    "staff": gettext_lazy("Read by the team"),
    "api": gettext_lazy("From the network"),
}
_SOURCE_SHORT: dict[str, Text] = {
    "declared": gettext_lazy("Declared"),
    "staff": gettext_lazy("Read by the team"),
    "api": gettext_lazy("From the network"),
}


class RateLine(NamedTuple):
    """A rate of an account: what it is, what was counted, what it is at least, and its place."""

    name: str
    help: str
    counted: str
    at_least: str
    score: str


class PartLine(NamedTuple):
    """A part of the ranking."""

    name: str
    source: str
    score: str
    weight: str


def label_text(judged: Judged) -> StatusText:
    """Return where a creator stands."""
    return LABELS[judged.label]


def member_status(status: str) -> StatusText:
    """Return where a creator is in a pool."""
    return _MEMBERS[MemberStatus(status)]


def gates_text(standing: CreatorStanding) -> list[str]:
    """Return why somebody is not ranked; nothing when they are."""
    return [str(_GATES[gate]) for gate in standing.score.gates]


def score_text(standing: CreatorStanding) -> str:
    """Return ``71.5``: the score in points of 100, or a dash."""
    if standing.score.hundredths is None:
        return "–"
    return hundredths_text(standing.score.hundredths)


def hundredths_text(value: int) -> str:
    """Return hundredths with one decimal, rounded half away from zero: ``1234`` → ``12.3``."""
    sign = -1 if value < 0 else 1
    tenths = sign * ((abs(value) + 5) // 10)
    return format_bps(tenths * 10).replace("%", "").strip()


def place_text(standing: CreatorStanding) -> str:
    """Return ``3 of 17``, or why there is no place."""
    if standing.place is None:
        return _("Not ranked")
    return _("%(place)s of %(of)s") % {
        "place": format_count(standing.place),
        "of": format_count(standing.of),
    }


def part_lines(standing: CreatorStanding) -> list[PartLine]:
    """Return every part of the ranking with its weight and where it comes from."""
    return [
        PartLine(
            name=str(PARTS[one.part]),
            source=str(_PART_SOURCES[one.part]),
            score=_("Not known") if one.score is None else format_count(one.score),
            weight=format_bps(one.weight * 100),
        )
        for one in standing.score.parts
    ]


def rate_lines(account: AccountStanding) -> list[RateLine]:
    """Return the rates of an account, each with what it is at least and its percentile."""
    return [
        RateLine(
            name=str(_RATES[rate]),
            help=str(_RATE_HELP[rate]),
            counted=rate_text(rate, account.rates[rate]),
            at_least=rate_text(rate, account.bounds[rate]),
            score=_score_text(account, rate),
        )
        for rate in Rate
    ]


def rate_text(rate: Rate, value: Fraction | None) -> str:
    """Return a rate as it is read: for 1,000 members, for a post, or as a share."""
    if value is None:
        return _("Not known")
    if rate is Rate.ANSWERED:
        return format_bps(round(value * 10_000))
    return hundredths_text(round(value * (100 if rate is Rate.INTERACTION else 100_000)))


def source_text(measures: Measures) -> str:
    """Return where figures come from and of which day they are."""
    return _("%(source)s, %(day)s") % {
        "source": _SOURCES[measures.newest.source],
        "day": format_day(measures.newest.day),
    }


def figure_source(figure: SocialFigure) -> str:
    """Return where one figure comes from."""
    return str(_SOURCE_SHORT[figure.source])


def tier_text(tier: str) -> str:
    """Return a size tier; a dash when members are not known."""
    return str(Tier(tier).label) if tier else "–"


def network_text(network: str) -> str:
    """Return the name of a network."""
    return str(Network(network).label)


def mark_text(kind: str) -> str:
    """Return what somebody did."""
    return str(MarkKind(kind).label)


def points_text(points: int) -> str:
    """Return points with their sign."""
    return f"+{points}" if points > 0 else format_count(points)


def ratio_text(bps: int | None) -> str:
    """Return the ratio of a pool from -1 to +1 with two decimals; a dash for an empty one."""
    if bps is None:
        return "–"
    sign = -1 if bps < 0 else 1
    hundredths = sign * ((abs(bps) + 50) // 100)
    text = format_bps(hundredths * 100, signed=True).replace("%", "").strip()
    return _("%(points)s points") % {"points": text}


def _score_text(account: AccountStanding, rate: Rate) -> str:
    value = account.scores[rate]
    if value is None:
        return _("Not enough data")
    return _("%(score)s among %(peers)s") % {
        "score": format_count(value),
        "peers": format_count(account.peers),
    }
