"""The addresses of the product, and some that fail: for the pages that say so."""

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import path
from redis.exceptions import ConnectionError as RedisGone

from config import urls

handler400, handler403, handler500 = urls.handler400, urls.handler403, urls.handler500


def _raising(error):
    def view(_request):
        raise error

    view.audience = "everybody"
    return view


def _read(request):
    return HttpResponse(str(len(request.POST)))


_read.audience = "everybody"


urlpatterns = [
    path("fails/bug/", _raising(ValueError("a secret of the code"))),
    path("fails/database/", _raising(OperationalError("10.0.0.7 refused"))),
    path("fails/redis/", _raising(RedisGone("10.0.0.8 refused"))),
    path("fails/wrong/", _raising(SuspiciousOperation("why it was doubted"))),
    path("fails/read/", _read),
    path("api/v1/fails/bug/", _raising(ValueError("a secret of the code"))),
    *urls.urlpatterns,
]
