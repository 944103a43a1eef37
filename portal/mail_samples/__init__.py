"""A sample of every kind of mail: the real words of its writer, about people who are made up."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from core.models import User
from core.shown_letters import Shown, shown_to
from portal.mail_samples import account, creators, joining, money, sales, service, team
from portal.mail_samples.scene import Sample, Scene

SAMPLES: dict[str, Sample] = {
    key: sample
    for group in (joining, sales, money, creators, team, service, account)
    for key, sample in group.SAMPLES.items()
}

#: Kinds that cannot be shown without a fact of the books: none. This list only gets shorter.
WITHOUT: frozenset[str] = frozenset()


def samples_of(kind: str, *, viewer: User, language: str, now: datetime) -> list[Shown]:
    """Return the mails of a kind, as ``viewer`` would read them in a language.

    A kind may have several: granted and refused, for example. Nothing is stored or sent.

    :raises KeyError: for a kind without a sample.
    """
    reader = User(
        pk=viewer.pk,
        name=viewer.name,
        email=viewer.email,
        language=language,
        time_zone=viewer.time_zone,
    )
    with translation.override(language), shown_to(reader) as written:
        SAMPLES[kind](Scene(reader, now))
    return [one for one in written if one.kind == kind]
