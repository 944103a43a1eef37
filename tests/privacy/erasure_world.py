"""A creator of whom the programme knows as much as it can, and the word that gives her away."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import connection

from affiliates.models import AffiliateKind, Application, Property
from affiliates.models.application import ApplicationStatus
from core import api_keys
from core.models import LetterChoice, Notification, SavedView
from influencers.models import (
    Delivery,
    InfluencerNote,
    Participation,
    PartStatus,
    SocialAccount,
)
from tests.affiliates.message_world import begin
from tests.builders import NOW, make_affiliate, make_code, make_link, make_payee, make_user
from tests.influencers.campaign_world import make_campaign
from tests.influencers.look_surface_world import make_profile
from tests.influencers.moderation_world import published

#: In everything that names her, and in nothing else.
MARK = "Zyxwine"
EMAIL = f"{MARK.lower()}@example.com"
#: Where the mark stays: books, what was signed, and proof; each says why in its declaration.
BOOKS = {"influencers_imagelicence", "influencers_lookevent"}


def make_creator():
    """A creator with a published look, mails, keys, messages, a profile; nothing is owed."""
    person = make_user(name=f"Ines {MARK}", email=EMAIL)
    creator = make_affiliate(user=person, name=MARK, kind=AffiliateKind.INFLUENCER,
                             status_reason=f"{MARK} asked")  # fmt: skip
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    UserSession.objects.create(user=person, ip="192.0.2.7", session_key=MARK, user_agent=MARK)
    LetterChoice.objects.create(person=person, kind="payout_sent", mail="off")
    SavedView.objects.create(
        owner=person, scope="x", page="sales", name=MARK, created_at=NOW, changed_at=NOW
    )
    Notification.objects.create(
        person=person, key="k-1", kind="payout_sent", category="money", at=NOW, title=MARK,
        body=MARK, path="/portal/",
    )  # fmt: skip
    api_keys.issue(
        owner_id=person.pk, account=str(creator.public_id), name="Script", scopes=["read:sales"],
        expires_at=NOW + timedelta(days=30), readers=[person], now=NOW,
    )  # fmt: skip
    _joined(person, creator)
    make_payee(creator)
    make_link(creator, label=MARK, note=MARK, tags=[MARK], sub_id="mine")
    make_code(creator, code="INES10")
    begin(creator, subject=f"From {MARK}", text=f"I am {MARK}.")
    look = published((creator, person), title=f"{MARK} in June", story=f"By {MARK}.")
    make_profile(creator, handle=MARK.lower(), bio=MARK, address=MARK, region="Bretagne")
    InfluencerNote.objects.create(
        affiliate=creator, text=f"{MARK} is kind.", author=make_user(), at=NOW
    )
    SocialAccount.objects.create(
        affiliate=creator, network="instagram", handle=MARK,
        url=f"https://instagram.example/{MARK}", created_at=NOW,
    )  # fmt: skip
    _delivered(creator, look)
    return creator, person, look


def _joined(person, creator):
    Application.objects.create(
        user=person, name=MARK, kind=creator.kind, country="FR", sites=[f"https://{MARK}.example"],
        pitch=f"I am {MARK}", status=ApplicationStatus.APPROVED, submitted_at=NOW,
        status_changed_at=NOW, affiliate=creator, terms=creator.group.terms.get(),
    )  # fmt: skip
    Property.objects.create(affiliate=creator, url=f"https://{MARK}.example", declared_at=NOW)


def _delivered(creator, look):
    """She took part in a campaign: one piece is a post by its address, one a look with it."""
    campaign = make_campaign()
    part = Participation.objects.create(
        campaign=campaign, affiliate=creator, status=PartStatus.DONE, status_changed_at=NOW,
        message=f"I am {MARK}.", created_at=NOW,
    )  # fmt: skip
    for number, shown in ((1, None), (2, look)):
        Delivery.objects.create(
            participation=part, deliverable=campaign.deliverables.first(), number=number,
            look=shown, url=f"https://social.example/{MARK}/{number}", status_changed_at=NOW,
            submitted_at=NOW,
        )  # fmt: skip


def tables_with(word):
    """The tables in which a word stands, as a dump of the database holds them."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
        for (table,) in cursor.fetchall():
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                if word.lower().encode() in b"".join(copy).lower():
                    found.add(table)
    return found
