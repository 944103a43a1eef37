from affiliates.models.affiliate import (
    Affiliate,
    AffiliateKind,
    AffiliateStatus,
    Group,
    Membership,
    Property,
)
from affiliates.models.application import Application, ApplicationStatus, LegalForm
from affiliates.models.payee import Payee
from affiliates.models.programme import AmountOnly, Programme
from affiliates.models.terms import Basis, Terms
from affiliates.models.terms_draft import (
    DraftStatus,
    IncrementalityFactor,
    TermsDraft,
    TermsNotice,
)

__all__ = [
    "Affiliate",
    "AffiliateKind",
    "AffiliateStatus",
    "AmountOnly",
    "Application",
    "ApplicationStatus",
    "Basis",
    "DraftStatus",
    "Group",
    "IncrementalityFactor",
    "LegalForm",
    "Membership",
    "Payee",
    "Programme",
    "Property",
    "Terms",
    "TermsDraft",
    "TermsNotice",
]
