"""What calls say and what answers hold, field by field. Nothing that is not expected is taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from portal.api.paging import MOST, USUAL

CURSOR_LENGTH = 200


class Strict(serializers.Serializer[Any]):
    """A body or a query in which a field that nobody expects is refused: a typo is never silent."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the values, or say of each field what is wrong.

        :raises ValidationError: also for fields that there are not.
        """
        if isinstance(data, Mapping):
            known = ", ".join(self.fields) or _("none")
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                said = _("There is no such field. There are: %(known)s.") % {"known": known}
                raise serializers.ValidationError(dict.fromkeys(unknown, [said]))
        return dict(super().to_internal_value(data))


class Text(serializers.CharField):
    """Text; in a body nothing else passes for it."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text, trimmed. A number or a yes is refused."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Whole(serializers.IntegerField):
    """A whole number; in a body neither text nor a yes passes for it."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Flag(serializers.ChoiceField):
    """``true`` or ``false`` in a query."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=["true", "false"], **kwargs)


class Moment(serializers.DateTimeField):
    """RFC 3339 in UTC, out; in, any offset, and UTC without one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class NoQuery(Strict):
    """No parameters."""


class ListQuery(Strict):
    """The parameters of every list."""

    limit = serializers.IntegerField(
        min_value=1,
        max_value=MOST,
        default=USUAL,
        help_text=gettext_lazy("How many at most."),
    )
    cursor = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=CURSOR_LENGTH,
        help_text=gettext_lazy("“next_cursor” of the page before; none for the first."),
    )


class PeriodQuery(ListQuery):
    """A list of what happened in a half-open period."""

    since = Moment(required=False, help_text=gettext_lazy("From this moment on."))
    until = Moment(required=False, help_text=gettext_lazy("Before this moment."))


class MoneyOut(serializers.Serializer[Any]):
    """An amount of money."""

    amount_minor = serializers.IntegerField(
        source="minor", help_text=gettext_lazy("Minor units: cents of EUR, yen of JPY.")
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text=gettext_lazy("ISO 4217."))


class MoneyIn(Strict):
    """An amount of money."""

    amount_minor = Whole(min_value=1, max_value=10**12)
    currency = serializers.RegexField(r"^[A-Z]{3}$")


class StatusOut(serializers.Serializer[Any]):
    """A state: the code for programs, the words for people, in the language of the call."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    sentence = serializers.CharField(help_text=gettext_lazy("Why it is so, and what comes next."))


class NamedOut(serializers.Serializer[Any]):
    """Something with a name and a public id."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()


class SaidOut(serializers.Serializer[Any]):
    """A sentence and what it is about."""

    label = serializers.CharField()  # type: ignore[assignment]
    text = serializers.CharField()


@cache
def list_of(one: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """Return the answer that holds a page of ``one``."""
    name = one.__name__.removesuffix("Out")
    body = {
        "__doc__": f"A page of a list: {name}.",
        "data": one(many=True),
        "next_cursor": serializers.CharField(
            allow_null=True, help_text=gettext_lazy("For the page after this one; null at the end.")
        ),
    }
    return type(f"{name}ListOut", (serializers.Serializer,), body)


class FieldProblemOut(serializers.Serializer[Any]):
    """What is wrong with one field or parameter."""

    field = serializers.CharField()
    detail = serializers.CharField()


class ProblemOut(serializers.Serializer[Any]):
    """A refusal, as RFC 9457 has it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text=gettext_lazy("What to do, for a person."))
    code = serializers.CharField(help_text=gettext_lazy("For programs: does not change."))
    errors = FieldProblemOut(  # type: ignore[assignment]
        many=True, required=False, help_text=gettext_lazy("By field, when fields are wrong.")
    )
