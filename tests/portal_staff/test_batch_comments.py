"""People of finance comment on a batch; what they said stays (P55)."""

import pytest
from django.urls import reverse

from core.models import AuditEntry
from payouts.services import batch_comments
from payouts.services.batch_comments import CommentRefused
from tests.payouts.paydays import LATER, finance, make_due, sent_batch, submitted
from tests.people import make_fin, make_sam

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def batch():
    make_due()
    return submitted()


def address(batch, name="batch-comment"):
    return reverse(f"portal:{name}", args=[batch.public_id])


def test_p55_comments_stand_on_the_page_in_their_order(client, batch):
    fin = make_fin()
    client.force_login(fin)

    for said in ("Who is <b>Ada</b>?", "She was paid last month."):
        assert client.post(address(batch), {"text": said}).status_code == 302

    page = client.get(address(batch, "batch-detail"), headers=ENGLISH).content.decode()
    first, second = page.find("Who is &lt;b&gt;Ada&lt;/b&gt;?"), page.find("She was paid last")
    assert 0 < first < second
    assert {one.actor for one in batch_comments.comments_of(batch)} == {fin}


def test_p55_nothing_is_kept_of_an_empty_comment_or_from_somebody_else(client, batch):
    client.force_login(make_fin())
    client.post(address(batch), {"text": "  "})
    client.force_login(make_sam())
    assert client.post(address(batch), {"text": "Hello."}).status_code in (302, 403)

    assert not AuditEntry.objects.filter(verb="batch.commented").exists()


def test_p55_a_comment_moves_nothing_and_may_come_late():
    make_due()
    batch = sent_batch()
    before = batch.status

    batch_comments.comment(batch_id=batch.pk, actor_id=finance().pk, text="All good.", now=LATER)
    with pytest.raises(CommentRefused):
        batch_comments.comment(
            batch_id=batch.pk, actor_id=finance().pk, text="x" * 1_001, now=LATER
        )

    assert [one.reason for one in batch_comments.comments_of(batch)] == ["All good."]
    batch.refresh_from_db()
    assert batch.status == before
