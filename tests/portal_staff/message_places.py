"""One of each thing that people are told, for the pages that show them."""

from __future__ import annotations

from affiliates.models import CannedAnswer
from affiliates.services import announcements
from core import letters
from core.letter_kinds import kind_of
from core.mail_html import stop_url
from core.models import Notification
from tests.affiliates.message_world import NOW, answer, make_announcement, note
from tests.portal.resource_world import resource_places
from tests.portal_staff.service_places import service_places


def message_places(partner, manager, thread):
    """What stands for the parameters of the routes of messages, news and notifications."""
    answer(thread, manager, at=thread.created_at, text="We looked at it.")
    note(thread, manager, text="He called before.")
    kept = CannedAnswer.objects.create(
        title="Wait", text_fr="Patience.", text_en="Please wait.", created_at=NOW,
        created_by=manager,
    )  # fmt: skip
    sent = make_announcement(by=manager, as_letter=True)
    announcements.schedule(announcement_id=sent.pk, at=NOW, now=NOW)
    announcements.send_due(now=NOW)
    draft = make_announcement(by=manager, kinds=["content"], language="fr")
    for person in (partner, manager):
        letters.tell([person], "told", NOW, lambda: "News", lambda: ["Said."], kind="claim_decided")
    told = {one.person_id: one.pk for one in Notification.objects.filter(title="News")}
    token = stop_url(partner, kind_of("claim_decided")).rstrip("/").rsplit("/", 1)[-1]
    file = thread.messages.exclude(file_name="").first()
    return {
        "portal/notifications/<int:pk>/": [f"portal/notifications/{told[partner.pk]}/"],
        "manage/notifications/<int:pk>/": [f"manage/notifications/{told[manager.pk]}/"],
        **{
            f"{place}/messages/<uuid:public_id>/files/<int:number>/": [
                f"{place}/messages/{thread.public_id}/files/{file.pk}/"
            ]
            for place in ("portal", "manage")
        },
        **{
            f"{place}/messages/<uuid:public_id>/": [f"{place}/messages/{thread.public_id}/"]
            for place in ("portal", "manage")
        },
        "manage/messages/answers/<int:pk>/": [f"manage/messages/answers/{kept.pk}/"],
        "portal/announcements/<uuid:public_id>/": [f"portal/announcements/{sent.public_id}/"],
        "manage/announcements/<uuid:public_id>/": [
            f"manage/announcements/{one.public_id}/" for one in (sent, draft)
        ],
        "letters/<str:token>/": [f"letters/{token}/"],
        **service_places(),
        **resource_places(thread.affiliate),
    }
