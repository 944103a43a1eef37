"""Samples of mails to the team of the programme, about teams, and to whoever it concerns."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from django.utils.translation import gettext as _

from affiliates.models import Invitation, MemberRole, Membership, Terms, TermsNotice
from affiliates.services import team_mails, terms_notices
from core import api_keys, data_requests, digests, letters
from core.letter_kinds import Category, Mail
from core.models import STAFF_SCOPE, ApiKey, DataRequest, Export, Notification, Scope, Wish
from portal.date_range import DateRange
from portal.devices import Device
from portal.exports import letters as export_letters
from portal.letters import month, new_device, queue_digest
from portal.mail_samples import staff_team
from portal.mail_samples.scene import (
    CURRENCY,
    NOBODY,
    Sample,
    Scene,
    blog,
    colleague,
    euros,
    person,
    shop,
)
from portal.queries.home_figures import Figures
from portal.queries.staff_dashboard import Queue, Queues
from shop.models import Connection
from shop.services import dead_letters, health


def _objected(scene: Scene) -> None:
    notice = TermsNotice(
        pk=NOBODY,
        terms=Terms(pk=NOBODY, affiliate=blog(), version=4),
        affiliate=blog(),
        objection=_("My page costs more to make than before."),
    )
    terms_notices.tell_managers(notice, now=scene.now)


def _silent(scene: Scene) -> None:
    connection = Connection(pk=NOBODY, shop=shop(), name="Shopify")
    health.write_of_silence(connection, scene.ago(1), scene.now)


def _ending(scene: Scene) -> None:
    counts = [("Shopify", shop().name, 3), (None, shop().name, 1)]
    dead_letters.write_of_ending(counts, 4, scene.ahead(7), scene.now)


def _invited(scene: Scene) -> None:
    invitation = Invitation(
        affiliate=blog(),
        email=scene.reader.email,
        role=MemberRole.ACCOUNTANT,
        invited_by=person(),
        sendings=1,
        expires_at=scene.ahead(14),
    )
    team_mails.invited_person(invitation, scene.reader, key="invitation", now=scene.now)


def _team_changed(scene: Scene) -> None:
    member = Membership(pk=NOBODY, affiliate=blog(), user=colleague(), role=MemberRole.ACCOUNTANT)
    team_mails.joined(member, now=scene.now)
    team_mails.role_changed(member, by=person(), now=scene.now)
    team_mails.gone(member, by=person(), now=scene.now)


def _api_key(scene: Scene) -> None:
    key = ApiKey(
        pk=NOBODY,
        owner=scene.reader,
        name=_("Reports of the agency"),
        prefix="ab12cd34",
        scopes=[Scope.READ_LINKS, Scope.READ_SALES],
        expires_at=scene.ahead(365),
        revoked_by=colleague(),
    )
    api_keys.tell_of_new(key, [scene.reader], scene.now)
    api_keys.tell_of_end(key, scene.now)


def _data_request(scene: Scene) -> None:
    for wish in Wish:
        request = DataRequest(pk=NOBODY, wish=wish, person=scene.reader)
        data_requests.tell_of_recorded(request, scene.reader, scene.now)


def _export(scene: Scene) -> None:
    export = Export(
        pk=NOBODY,
        owner=scene.reader,
        scope=STAFF_SCOPE,
        title=_("Sales of November"),
        rows=1_204,
        key=f"{export_letters.KEY}:{NOBODY}:{scene.now.date().isoformat()}",
        status_changed_at=scene.now,
    )
    export_letters.tell_ready(export, scene.now)


def _new_device(scene: Scene) -> None:
    new_device.write_to(scene.reader, Device("Firefox", "Windows"), key="1", now=scene.now)


def _month(scene: Scene) -> None:
    last = scene.now.date().replace(day=1) - timedelta(days=1)
    before = last.replace(day=1) - timedelta(days=1)
    month.write(
        month.Month(
            affiliate_id=NOBODY,
            shown=DateRange("last_month", last.replace(day=1), last),
            earlier=DateRange("custom", before.replace(day=1), before),
            figures=Figures(CURRENCY, clicks=1_204, orders=38, earned_minor=21_480),
            before=Figures(CURRENCY, clicks=1_075, orders=41, earned_minor=19_020),
            all_orders=412,
            all_earned=euros(231_050),
            best=month.Best(address="example.com/c/coats", orders=12, earned=euros(8_800)),
        ),
        now=scene.now,
    )


def _queue_digest(scene: Scene) -> None:
    waiting = {
        "applications": Queue(4, scene.ago(2)),
        "looks": Queue(7, scene.now),
        "claims": Queue(1, scene.ago(5)),
    }
    every = {field.name: waiting.get(field.name, Queue(0, None)) for field in fields(Queues)}
    queue_digest.write_to([], Queues(**every), now=scene.now)


def _noted(scene: Scene) -> list[Notification]:
    look, sale = _("“%(title)s” can be seen") % {"title": _("Linen")}, _("Your first sale")
    return [
        Notification(pk=NOBODY, person=scene.reader, category=category, title=title, path=path)
        for category, title, path in (
            (Category.LOOKS, look, "/portal/looks/"),
            (Category.SALES, sale, "/portal/sales/"),
        )
    ]


def _digest(scene: Scene, kind: str, every: Mail) -> None:
    found = _noted(scene)
    letters.send([], kind, lambda one: digests.letter(one, found, every), scene.now, kind=kind)


def _daily(scene: Scene) -> None:
    _digest(scene, "digest_daily", Mail.DAILY)


def _weekly(scene: Scene) -> None:
    _digest(scene, "digest_weekly", Mail.WEEKLY)


SAMPLES: dict[str, Sample] = {
    "terms_objected": _objected,
    "connection_silent": _silent,
    "deliveries_ending": _ending,
    "team_invited": _invited,
    "team_changed": _team_changed,
    "api_key_changed": _api_key,
    "data_request_recorded": _data_request,
    "export_ready": _export,
    "new_device": _new_device,
    "month_summary": _month,
    "queue_digest": _queue_digest,
    "digest_daily": _daily,
    "digest_weekly": _weekly,
    **staff_team.SAMPLES,
}
