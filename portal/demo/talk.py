"""What people of the demo tell each other: messages, news, resources, events, and an incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from uuid import NAMESPACE_URL, uuid5

from PIL import Image, ImageDraw

from affiliates.models import (
    EndpointKind,
    EventDelivery,
    EventDeliveryStatus,
    Impact,
    ResourceKind,
    ResourceLanguage,
    ServicePart,
)
from affiliates.services import (
    announcements,
    endpoints,
    incidents,
    messages,
    profiles,
    resources,
)
from affiliates.services.incidents import Words
from core.attachments import checked
from payouts.services import announcing
from portal.demo import cast
from portal.demo.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WIDTH, HEIGHT = 600, 300
MOST_EVENTS = 200
_INK, _PAPER, _ACCENT = "#1d1916", "#f3efe8", "#b4502f"


def begin(stage: World, *, now: datetime) -> None:
    """Let them write, announce, offer and tell, in the days before ``now``."""
    _write(stage, now)
    _announce(stage, now)
    _offer(stage, now)
    _profile(stage, now)
    _tell_machines(stage, now)
    _incident(stage, now)


def _write(stage: World, now: datetime) -> None:
    """Ada asks, the team answers, and Inès waits for an answer."""
    ada, ines = stage.affiliates[cast.ADA.key], stage.affiliates[cast.INES.key]
    thread = messages.begin(
        affiliate_id=ada.pk,
        subject="Une vente que je ne vois pas",
        text="Bonjour, une lectrice m'a écrit qu'elle a commandé samedi. Où la vente est-elle ?",
        actor_id=stage.people["ada"].pk,
        key=uuid5(NAMESPACE_URL, "demo ada asks"),
        now=now - 3 * DAY,
    )
    messages.write(
        thread_id=thread.pk,
        text="Bonjour Ada, la commande attend encore sa confirmation par la boutique.",
        actor_id=stage.people["sam"].pk,
        key=uuid5(NAMESPACE_URL, "demo sam answers"),
        now=now - 3 * DAY + 5 * HOUR,
        is_from_team=True,
    )
    messages.begin(
        affiliate_id=ines.pk,
        subject="Photos de la collection d'automne",
        text="Puis-je annoncer les manteaux avant leur sortie ?",
        actor_id=stage.people["ines"].pk,
        key=uuid5(NAMESPACE_URL, "demo ines asks"),
        now=now - 4 * HOUR,
    )


def _announce(stage: World, now: datetime) -> None:
    found = announcements.save(
        announcements.Content(
            title_fr="Les manteaux sont là",
            title_en="Coats are here",
            text_fr="Bonjour {first_name}, la nouvelle collection est en ligne. Les bannières sont"
            " dans vos ressources.",
            text_en="Hello {first_name}, the new collection is online. Its banners are in your"
            " resources.",
            as_letter=True,
        ),
        actor_id=stage.people["sam"].pk,
        now=now - DAY,
    )
    announcements.schedule(announcement_id=found.pk, at=now - DAY, now=now - DAY)
    announcements.send_due(now=now - DAY)


def _offer(stage: World, now: datetime) -> None:
    sam, at = stage.people["sam"].pk, now - 10 * DAY
    resources.offer(
        resources.Content(
            kind=ResourceKind.BANNER,
            title_fr="Bannière des manteaux",
            title_en="Banner of the coats",
            text_fr="À poser sans la recadrer.",
            text_en="Please do not crop it.",
            category="Automne",
            tags=["manteaux"],
        ),
        [
            (ResourceLanguage.FRENCH, checked(name="manteaux.png", body=drawn("Les manteaux"))),
            (ResourceLanguage.ENGLISH, checked(name="coats.png", body=drawn("The coats"))),
        ],
        actor_id=sam,
        now=at,
    )
    resources.offer(
        resources.Content(
            kind=ResourceKind.RULES,
            title_fr="Parler de la maison",
            title_en="How to speak of the house",
            text_fr="Écrivez « Maison Lutèce » en entier.\n\nNe promettez ni stock ni délai.\n\n"
            "Signalez chaque collaboration.",
            text_en="Write “Maison Lutèce” in full.\n\nPromise no stock and no delivery time.\n\n"
            "Mark every collaboration.",
        ),
        actor_id=sam,
        now=at,
    )


def _profile(stage: World, now: datetime) -> None:
    ada = stage.affiliates[cast.ADA.key]
    profiles.tell(
        affiliate_id=ada.pk,
        told=profiles.Told(
            name=ada.name,
            description="Un carnet sur les vêtements qui durent, deux articles par semaine.",
            contact_name="Ada Lemoine",
            languages=["fr"],
            audience_countries=["FR", "BE"],
        ),
        actor_id=stage.people["ada"].pk,
        now=now - 20 * DAY,
    )


def _tell_machines(stage: World, now: datetime) -> None:
    """Ada's webhook was told of her last sales. It is paused: there is no such machine."""
    made = endpoints.make(
        affiliate_id=stage.affiliates[cast.ADA.key].pk,
        kind=EndpointKind.WEBHOOK,
        name="Carnet d'Ada",
        url="https://hooks.carnet-ada.example/apport",
        method="POST",
        types=["sale.tracked", "sale.approved"],
        actor_id=stage.people["ada"].pk,
        now=now - 5 * DAY,
    )
    announcing.tell_pending(now=now, limit=MOST_EVENTS)
    EventDelivery.objects.filter(endpoint=made).update(
        status=EventDeliveryStatus.TAKEN,
        attempts=1,
        last_attempt_at=now,
        status_changed_at=now,
        http_status=204,
        duration_ms=84,
    )
    endpoints.pause(endpoint_id=made.pk, actor_id=stage.people["ada"].pk, now=now)


def _incident(stage: World, now: datetime) -> None:
    sam, began = stage.people["sam"].pk, now - 12 * DAY
    found = incidents.begin(
        part=ServicePart.TRACKING,
        impact=Impact.PARTLY,
        title=Words(fr="Des visites comptées en retard", en="Visits were counted late"),
        text=Words(
            fr="Les visites apparaissent avec une heure de retard. Aucune n'est perdue.",
            en="Visits appear an hour late. None is lost.",
        ),
        began_at=began,
        actor_id=sam,
        now=began + HOUR,
    )
    incidents.say(
        incident_id=found.pk,
        text=Words(
            fr="C'est rattrapé : toutes les visites et commandes de la matinée sont comptées.",
            en="It is made good: every visit and order of the morning is counted.",
        ),
        ended_at=began + 3 * HOUR,
        actor_id=sam,
        now=began + 3 * HOUR,
    )


def drawn(words: str) -> bytes:
    """Return a banner with some words on it, as a PNG. The font that is there has no accents."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, HEIGHT - 60, WIDTH, HEIGHT), fill=_ACCENT)
    draw.text((40, 90), words, fill=_INK, font_size=56)
    draw.text((40, HEIGHT - 46), "MAISON LUTECE", fill=_PAPER, font_size=26)
    kept = BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()
