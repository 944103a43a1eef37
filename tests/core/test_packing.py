"""Pages are packed for who can unpack them; files, feeds and the API are as they were."""

import gzip

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory

from core.packing import PackedPages

LONG = "<p>A linen dress.</p>" * 100


def answered(response, *, accepts="gzip, deflate, br"):
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return PackedPages(lambda _request: response)(request)


def test_a_page_is_packed_and_says_so():
    answer = answered(HttpResponse(LONG))

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert gzip.decompress(answer.content).decode() == LONG
    assert len(answer.content) < len(LONG) / 5


@pytest.mark.parametrize("accepts", ["", "br", "identity"])
def test_who_cannot_unpack_it_reads_the_same(accepts):
    answer = answered(HttpResponse(LONG), accepts=accepts)

    assert "Content-Encoding" not in answer
    assert "Accept-Encoding" in answer["Vary"]
    assert answer.content.decode() == LONG


@pytest.mark.parametrize(
    "make",
    [
        lambda: JsonResponse({"text": LONG}),
        lambda: HttpResponse(LONG, content_type="text/csv"),
        lambda: StreamingHttpResponse([LONG]),
        lambda: HttpResponse(LONG, headers={"Content-Encoding": "br"}),
        lambda: HttpResponse(LONG, headers={"Cache-Control": "public, max-age=60"}),
        lambda: HttpResponse("Short."),
    ],
)
def test_what_is_no_long_page_of_ones_own_is_left_alone(make):
    answer = answered(make())

    assert answer.get("Content-Encoding") in {None, "br"}


@pytest.mark.django_db
def test_the_portal_packs_its_pages(client):
    packed = client.get("/account/login/", headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(packed.content)
