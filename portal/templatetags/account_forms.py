"""``{% csrf_token %}`` that also says for which account a partner's form was made.

It stands in for Django's own tag on every page: no form can forget it (docs/rules/teams.md, E8).
"""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.access import ACTS_FOR, page_account

register = template.Library()


class AccountTokenNode(CsrfTokenNode):
    """The hidden fields of a form: the token, and on a partner's page the account."""

    def render(self, context: Context) -> SafeString:
        """Return the fields. Parts that are included with ``only`` know the request too."""
        token, request = SafeString(super().render(context)), getattr(context, "request", None)
        account = page_account(request) if token and request is not None else ""
        if not account:
            return token
        field = format_html('<input type="hidden" name="{}" value="{}">', ACTS_FOR, account)
        return SafeString(token + field)


@register.tag
def csrf_token(_parser: Parser, _token: Token) -> AccountTokenNode:
    """Write the hidden fields of a form that changes something."""
    return AccountTokenNode()
