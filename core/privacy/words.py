"""What for and for how long, in the words that several tables share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SIGN_IN = _("To let people sign in, and nobody else.")
SAFETY = _("To see who opened an account, and to end what a stranger began.")
TELLING = _("To tell people what they asked to be told.")
SHOWING = _("To show people their pages as they arranged them.")
JOINING = _("To decide who joins the programme.")
CONTRACT = _("To carry out what was agreed with the partner.")
PAYING = _("To pay what was earned, and to prove it.")
BOOKS = _("To keep books, invoices and tax declarations.")
ATTRIBUTION = _("To find who brought an order.")
FRAUD = _("To find and prove traffic and sales that nobody brought.")
TALKING = _("To answer what partners ask.")
CONTENT = _("To publish looks with the rights of those who made them.")
CREATORS = _("To choose creators, and to work with them.")
ORDERS = _("To read what a shop tells, and to read it again after a fault.")
TRACE = _("To prove who did what, and when.")
RIGHTS = _("To answer what people ask about their data.")
MEASURING = _("To measure what a link, a code or a look adds.")

WITH_ACCOUNT = _("As long as the account; three years after its end it is erased.")
TEN_YEARS = _("Ten years from the end of the year (code de commerce, L123-22).")
FIVE_YEARS = _("Five years after it is over (code civil, 2224).")
YEAR = _("400 days.")

STAYS_BOOKS = _("The books, ten years: code de commerce L123-22 and GDPR article 17.3 b.")
STAYS_CLAIMS = _("Proof in a dispute, five years: code civil 2224 and GDPR article 17.3 e.")
STAYS_TRACE = _("The trail proves who did what; it names a number whose person is gone.")
STAYS_CONTRACT = _("What was signed or agreed, five years: GDPR article 17.3 e.")
