"""An address whose view says nothing about for whom it is."""

from django.http import HttpResponse
from django.urls import path

from tests.access.plain_urls import handler403, handler404  # noqa: F401 They are used by name.

urlpatterns = [path("forgotten/", lambda _request: HttpResponse("secret"), name="forgotten")]
