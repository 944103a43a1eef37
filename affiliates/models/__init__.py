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
from affiliates.models.terms import Basis, Terms

__all__ = [
    "Affiliate",
    "AffiliateKind",
    "AffiliateStatus",
    "Application",
    "ApplicationStatus",
    "Basis",
    "Group",
    "LegalForm",
    "Membership",
    "Payee",
    "Property",
    "Terms",
]
