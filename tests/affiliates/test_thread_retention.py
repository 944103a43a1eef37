"""Files of threads go once they were kept long enough (MS8); the command says what would go."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from affiliates.models import Programme, ThreadMessage
from affiliates.services import messages, thread_retention
from core import deliveries
from core.models import AuditEntry, Delivery
from core.tasks import purge_rule
from tests.affiliates.message_world import NOW, answer, begin, note
from tests.people import make_ada, make_sam, person_of

pytestmark = pytest.mark.django_db
KEPT = timedelta(days=30)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _kept_for_thirty_days():
    Programme.objects.update_or_create(pk=1, defaults={"proof_keep_days": KEPT.days})


def files():
    return ThreadMessage.objects.filter(file__isnull=False).count()


def delete(now):
    return thread_retention.delete_files(now=now)


def test_the_file_of_a_closed_thread_goes_and_its_name_stays():
    thread = begin()
    messages.close(thread_id=thread.pk, now=NOW)

    assert thread_retention.count_files(now=NOW + KEPT - SECOND) == 0
    assert delete(NOW + KEPT - SECOND) == 0
    assert thread_retention.count_files(now=NOW + KEPT) == 1
    assert [delete(NOW + KEPT) for _again in range(2)] == [1, 0]

    said = ThreadMessage.objects.get()
    assert (said.file, said.file_name) == (None, "photo.pdf")
    entry = AuditEntry.objects.get(verb="thread.files_deleted")
    assert (entry.actor, entry.subject_id, entry.data) == (None, str(thread.pk), {"files": 1})


def test_an_answered_thread_that_nobody_closed_is_over_too():
    thread = begin()
    answer(thread, make_sam(), at=NOW + KEPT)

    assert delete(NOW + 2 * KEPT - SECOND) == 0
    assert delete(NOW + 2 * KEPT) == 1


def test_what_the_team_has_not_answered_is_kept():
    begin()
    assert delete(NOW + 100 * KEPT) == 0
    assert files() == 1


def test_a_later_message_or_note_keeps_the_files():
    sam, ada = make_sam(), make_ada()
    thread, noted = begin(ada), begin(ada)
    for one in (thread, noted):
        answer(one, sam)
    answer(thread, sam, at=NOW + KEPT)
    note(noted, sam, at=NOW + KEPT)

    assert delete(NOW + KEPT) == 0
    assert delete(NOW + 2 * KEPT) == 2


def test_many_go_in_batches_and_a_thread_that_is_open_again_begins_anew(time_machine):
    ada = make_ada()
    threads = [begin(ada) for _one in range(4)]
    for thread in threads:
        messages.close(thread_id=thread.pk, now=NOW)
    answer(threads[0], person_of(ada), team=False, at=NOW + KEPT)

    assert thread_retention.delete_files(now=NOW + KEPT, limit=2) == 2
    time_machine.move_to(NOW + KEPT, tick=False)
    assert purge_rule("affiliates.thread_files") == 1
    assert files() == 1


def test_the_command_counts_and_then_does_it(time_machine):
    Delivery.objects.all().delete()
    make_sam()
    messages.close(thread_id=begin().pk, now=NOW)
    deliveries.send_due(now=NOW)
    time_machine.move_to(NOW + timedelta(days=90), tick=False)

    def said(*options):
        out = StringIO()
        call_command("purge", "core.mails", "affiliates.thread_files", *options, stdout=out)
        return [line.split()[:3] for line in out.getvalue().splitlines()[1:]]

    assert said("--dry-run") == [["1", "0", "1"], ["1", "0", "1"], ["Nothing", "was", "changed."]]
    assert files() == 1
    assert said() == [["1", "1", "0"], ["1", "1", "0"]]
    assert files() == 0
    assert said() == [["0", "0", "0"], ["0", "0", "0"]]
