"""The product's addresses, with refusals in one word: nothing is drawn that no test here reads."""

from django.http import HttpResponse, HttpResponseForbidden, HttpResponseNotFound

from config.urls import urlpatterns  # noqa: F401 They are the product's.
from portal.access import OtherAccount


def handler403(request, exception=None):
    if isinstance(exception, OtherAccount):
        return HttpResponse(status=409)
    return HttpResponseForbidden(type(exception).__name__)


def handler404(request, exception=None):
    return HttpResponseNotFound()
