"""Samples of mails about joining, terms, and what the team writes to affiliates."""

from __future__ import annotations

from django.utils.translation import gettext as _

from affiliates.domain.terms_diff import Change, Effect
from affiliates.models import (
    Announcement,
    Application,
    DisabledBecause,
    Endpoint,
    Group,
    GroupMove,
    IncrementalityFactor,
    Terms,
    TermsDraft,
    Thread,
    ThreadMessage,
)
from affiliates.services import (
    announcements,
    application_mails,
    endpoint_mails,
    factors,
    message_mails,
    terms_notices,
)
from core import letters
from payouts.queries.moved_bands import Effect as MovedBands
from payouts.services import band_notices
from portal.mail_samples.scene import CURRENCY, NOBODY, Sample, Scene, blog, colleague, euros
from shop.domain.margin import BandEdges


def _application(scene: Scene) -> Application:
    return Application(
        pk=NOBODY,
        user=scene.reader,
        name=blog().name,
        reason=_("Your site shows nothing that our customers look for."),
    )


def _received(scene: Scene) -> None:
    application_mails.received(_application(scene), now=scene.now)


def _approved(scene: Scene) -> None:
    message = _("We liked your page about autumn coats.")
    application_mails.approved(_application(scene), message=message, now=scene.now)


def _refused(scene: Scene) -> None:
    application_mails.refused(_application(scene), now=scene.now)


def _group() -> Group:
    return Group(pk=NOBODY, name=_("Editorial"))


def _terms(scene: Scene) -> Terms:
    return Terms(
        pk=NOBODY,
        group=_group(),
        affiliate=blog(),
        version=4,
        valid_from=scene.ahead(30),
        valid_to=scene.ahead(60),
        currency=CURRENCY,
        change_note=_("The cost of returns has risen."),
    )


def _changes() -> tuple[Change, ...]:
    return (
        Change(about="rate_bps", before=3_500, after=3_200, effect=Effect.WORSE),
        Change(about="window_days", before=30, after=45, effect=Effect.BETTER),
    )


def _announced(scene: Scene) -> None:
    terms_notices.announce(_terms(scene), _changes(), [blog()], now=scene.now)


def _offered(scene: Scene) -> None:
    draft = TermsDraft(
        pk=NOBODY,
        affiliate=blog(),
        content={"currency": CURRENCY},
        change_note=_("For your page about linen this summer."),
    )
    terms_notices.offered(draft, _changes(), now=scene.now)


def _ended(scene: Scene) -> None:
    terms_notices.ended(_terms(scene), _changes(), now=scene.now)


def _moved(scene: Scene) -> None:
    move = GroupMove(
        pk=NOBODY,
        affiliate=blog(),
        before=Group(pk=NOBODY, name=_("Everybody")),
        after=_group(),
        begins_at=scene.ahead(30),
        told_at=scene.now,
    )
    terms_notices.moved(move, (), terms=None, first_at=None, now=scene.now)


def _factor(scene: Scene) -> None:
    made = IncrementalityFactor(
        pk=NOBODY,
        affiliate=blog(),
        factor_bps=7_400,
        low_bps=6_100,
        high_bps=8_800,
        orders=1_240,
        source=_("Calendar of March and April"),
        valid_from=scene.ahead(30),
    )
    factors.tell_of(made, now=scene.now)
    factors.tell_of_end(made, scene.ahead(90), now=scene.now)


def _bands(scene: Scene) -> None:
    def words() -> tuple[str, list[str]]:
        return band_notices.words(
            [BandEdges(2_000, 4_000), BandEdges(4_000, 6_000)],
            valid_from=scene.ahead(30),
            effects=[MovedBands(lines=38, paid=euros(21_480), would_be=euros(22_015))],
        )

    letters.tell(
        [], "bands", scene.now, lambda: words()[0], lambda: words()[1], kind="bands_published"
    )


def _message(scene: Scene) -> None:
    message_mails.written(
        ThreadMessage(pk=NOBODY, is_from_team=True, text=_("We have sent you the new pictures.")),
        _thread(),
        now=scene.now,
    )


def _to_team(scene: Scene) -> None:
    message_mails.written(
        ThreadMessage(pk=NOBODY, is_from_team=False, text=_("May I use them in a newsletter?")),
        _thread(),
        now=scene.now,
    )


def _thread() -> Thread:
    return Thread(pk=NOBODY, affiliate=blog(), subject=_("Pictures of the autumn collection"))


def _announcement(scene: Scene) -> None:
    news = Announcement(
        pk=NOBODY,
        title_fr="La collection d’automne est là",
        text_fr="Bonjour {first_name}, les nouvelles photos sont dans votre espace.",
        title_en="The autumn collection is here",
        text_en="Hello {first_name}, the new pictures are in your portal.",
    )
    letters.send(
        [],
        "news",
        lambda reader: announcements.letter(news, reader),
        scene.now,
        kind="announcement",
    )


def _endpoint(scene: Scene, *, is_ours: bool = False) -> None:
    endpoint = Endpoint(
        pk=NOBODY,
        affiliate=None if is_ours else blog(),
        name=_("Bookkeeping"),
        failures=10,
        failing_since=scene.ago(1),
        disabled_because=DisabledBecause.FAILURES,
    )
    endpoint_mails.failing(endpoint, now=scene.now)
    endpoint_mails.disabled(endpoint, now=scene.now)


def _own_endpoint(scene: Scene) -> None:
    _endpoint(scene, is_ours=True)


def _endpoint_changed(scene: Scene, *, is_ours: bool = False) -> None:
    endpoint = Endpoint(
        pk=NOBODY,
        affiliate=None if is_ours else blog(),
        name=_("Bookkeeping"),
        url="https://books.example/apport",
        created_by=colleague(),
    )
    endpoint_mails.made(endpoint, now=scene.now)
    endpoint_mails.moved(endpoint, by=colleague(), now=scene.now)
    if not is_ours:
        endpoint_mails.orphaned(endpoint, now=scene.now)


def _own_endpoint_changed(scene: Scene) -> None:
    _endpoint_changed(scene, is_ours=True)


SAMPLES: dict[str, Sample] = {
    "application_received": _received,
    "application_approved": _approved,
    "application_refused": _refused,
    "terms_announced": _announced,
    "terms_offered": _offered,
    "terms_ended": _ended,
    "group_moved": _moved,
    "factor_changed": _factor,
    "bands_published": _bands,
    "message_from_team": _message,
    "message_to_team": _to_team,
    "announcement": _announcement,
    "endpoint_failing": _endpoint,
    "own_endpoint_failing": _own_endpoint,
    "endpoint_changed": _endpoint_changed,
    "own_endpoint_changed": _own_endpoint_changed,
}
