"""What every signal is called and says, by family: one row for each file of fraud/domain/signals.

``seen`` is for the team, ``told`` for the affiliate (no visitor, no threshold), ``clears`` says
what would clear it. ``%(fact)s`` is a fact of the evidence, as portal.signal_language shows it.
"""

from portal.signal_texts.domain import DOMAIN
from portal.signal_texts.identity import IDENTITY
from portal.signal_texts.navigation import NAVIGATION
from portal.signal_texts.session import SESSION
from portal.signal_texts.statistics import STATISTICS
from portal.signal_texts.words import Words

TEXTS: dict[str, Words] = {**NAVIGATION, **SESSION, **DOMAIN, **IDENTITY, **STATISTICS}

__all__ = ["TEXTS", "Words"]
