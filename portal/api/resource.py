"""What every address of the API does: who calls, how often, what is asked, how it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from affiliates.models import Affiliate
from core.api import Refusal
from core.models import Scope, User
from portal.api import limits
from portal.api.access import Caller
from portal.api.authentication import KeyAuthentication, MayCall
from portal.api.fields import NoQuery, Strict
from portal.api.paging import Page
from portal.audiences import Audience

#: Nothing that is sent is longer; files go by the pages.
LONGEST_BODY = 64 * 1024
_READS = ("GET", "HEAD")


class AlwaysJson(BaseContentNegotiation):
    """Every answer has one form, whatever a call says that it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Return the parser of what is sent; None when it is no JSON."""
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == content_type), None)

    def select_renderer(
        self, _request: Request, renderers: Any, _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return JSON."""
        return renderers[0], renderers[0].media_type


class Json(JSONParser):
    """JSON, of which nothing is too deep to be refused."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Return what was sent.

        :raises ParseError: when it is no JSON, or nested deeper than is read.
        """
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError from error


class Resource(APIView):
    """One address. Its methods are declared with ``portal.api.operation.operation``."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [MayCall]
    parser_classes = [Json]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "head", "post", "patch"]
    audience = Audience.KEY

    asked: dict[str, Any]
    said: dict[str, Any]
    _budget: limits.Budget | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the call in, or raise why not: key, scope, limit, language, size, parameters."""
        super().initial(request, *args, **kwargs)
        method = request.method or ""
        self._budget = limits.spend(
            self.caller.key.pk, timezone.now(), changes=method not in _READS
        )
        if "Accept-Language" not in request.headers:
            translation.activate(self.caller.key.owner.language)
        _check_length(request)
        self.asked = self._parameters(request, getattr(self._handler(method), "query", NoQuery))

    def scope_of(self, method: str) -> Scope | None:
        """Return what a key needs for ``method``; None: any key will do.

        :raises MethodNotAllowed: when there is no such method here.
        """
        handler = self._handler(method)
        if handler is None or method.lower() not in self.http_method_names:
            raise MethodNotAllowed(method)
        scope: Scope | None = handler.scope
        return scope

    @property
    def caller(self) -> Caller:
        """Who calls."""
        caller = self.request.auth
        if not isinstance(caller, Caller):
            raise TypeError("Only calls with a key come this far.")
        return caller

    @property
    def affiliate(self) -> Affiliate:
        """For whom the key acts: a key of staff has no scope that leads here."""
        if self.caller.affiliate is None:
            raise TypeError("A key of staff acts for no affiliate.")
        return self.caller.affiliate

    @property
    def user(self) -> User:
        """Whose key it is."""
        return self.caller.key.owner

    def shown(
        self, one: type[serializers.Serializer[Any]], row: Any, *, status: int = 200, **headers: str
    ) -> Response:
        """Answer with one thing."""
        said = {name.replace("_", "-").title(): value for name, value in headers.items()}
        return Response(one(row).data, status=status, headers=said)

    def listed(
        self, one: type[serializers.Serializer[Any]], rows: Any, page: Page[Any]
    ) -> Response:
        """Answer with a page of a list, and a ``Link`` to the next."""
        headers = {}
        if page.next_cursor:
            query = {**self.request.query_params.dict(), "cursor": page.next_cursor}
            where = f"{self.request.build_absolute_uri(self.request.path)}?{urlencode(query)}"
            headers["Link"] = f'<{where}>; rel="next"'
        data = {"data": one(rows, many=True).data, "next_cursor": page.next_cursor}
        return Response(data, headers=headers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add what every answer says, and send nothing anew that the caller has already."""
        # What runs after us must not take the key's owner for somebody who signed in.
        request._request.user = AnonymousUser()
        super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ["Authorization"])
        for name, value in (self._budget.headers if self._budget else {}).items():
            response.headers.setdefault(name, value)
        if request.method not in _READS or response.status_code != 200:
            return response
        if isinstance(response, Response):
            response.add_post_render_callback(partial(_unless_known, request))
            return response
        return _unless_known(request, response)

    def _handler(self, method: str) -> Any:
        name = "get" if method == "HEAD" else method.lower()
        return getattr(self, name, None) if name in self.http_method_names else None

    def _parameters(self, request: Request, query: type[Strict]) -> dict[str, Any]:
        given = request.query_params
        twice = [name for name in given if len(given.getlist(name)) > 1]
        if twice:
            said = _("It is given more than once.")
            raise Refusal(422, "invalid_request", "", fields=dict.fromkeys(twice, said))
        return checked(query, given.dict())


def checked(form: type[Strict], data: Any) -> dict[str, Any]:
    """Return what ``data`` says, by the fields of ``form``.

    :raises ValidationError: with a sentence for each field that is wrong.
    """
    serializer = form(data=data)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = dict(serializer.validated_data)
    return found


def refused(fields: Mapping[str, str], code: str = "invalid_request") -> Refusal:
    """Return the refusal of fields, each with its sentence."""
    return Refusal(422, code, "", fields=fields)


def _check_length(request: Request) -> None:
    """Read the body, so that what was asked can be told from something else later.

    :raises Refusal: 413 when it is too long.
    """
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    if int(said) > LONGEST_BODY if said.isdecimal() else True:
        raise Refusal(413, "body_too_long", _("A body has at most 64 kB."))
    if len(request._request.body) > LONGEST_BODY:
        raise Refusal(413, "body_too_long", _("A body has at most 64 kB."))


def _unless_known(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer with its ETag, or 304 to who has it already."""
    if isinstance(response, HttpResponse):
        set_response_etag(response)
        etag = response.headers.get("ETag")
        known = get_conditional_response(request._request, etag=etag, response=response)
        return response if known is None else known
    return response
