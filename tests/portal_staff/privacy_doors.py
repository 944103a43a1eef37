"""Requests about personal data, for the doors of staff and for what a browser looks at."""

from __future__ import annotations

from django.core.files.base import ContentFile

from core import data_requests
from core.models import DataRequest, Identified, Wish
from tests.builders import NOW, make_shop, make_user

PRIVACY_POSTS = {
    "data-request-erase", "data-request-extend", "data-request-refuse", "data-request-again",
}  # fmt: skip
PRIVACY_FORMS = {"data-request-new"}
#: Tried in tests/privacy/test_data_pages.py.
OWN_DATA = {"my-data", "my-data-copy", "my-data-erase", "my-data-withdraw", "my-data-file"}


def make_request(wish=Wish.ERASURE, person=None):
    """A person who has nothing yet asks to be erased."""
    person = person or make_user(date_joined=NOW)
    return data_requests.receive(
        wish=wish, person_id=person.pk, identified=Identified.SIGNED_IN, now=NOW
    )


def make_answered():
    """A buyer's request whose copy is there."""
    asked = data_requests.receive(
        wish=Wish.EXPORT,
        about={"shop": make_shop().pk, "customer_ref": "c" * 64},
        identified=Identified.ORDER,
        now=NOW,
    )
    data_requests.keep_file(request_id=asked.pk, file=ContentFile(b"zip"), name="copy.zip", now=NOW)
    DataRequest.objects.filter(pk=asked.pk).update(file_until="2099-01-01T00:00Z")
    return asked


def privacy_arguments():
    """The arguments of the addresses, by name."""
    asked = [make_request().public_id]
    return {
        "data-request": asked,
        "data-request-new": [],
        **dict.fromkeys(PRIVACY_POSTS, asked),
        "data-request-file": [make_answered().public_id],
    }


def privacy_places():
    """Requests of each kind, for a browser to look at."""
    return {
        "manage/privacy/requests/<uuid:public_id>/": [
            f"manage/privacy/requests/{one.public_id}/"
            for one in (make_request(), make_request(Wish.EXPORT), make_answered())
        ],
        "manage/privacy/requests/<uuid:public_id>/file/": [],
        "account/data/<uuid:public_id>/file/": [],
    }
