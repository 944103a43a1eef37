from affiliates.models.affiliate import (
    Affiliate,
    AffiliateKind,
    AffiliateStatus,
    Group,
    MemberRole,
    Membership,
    Property,
)
from affiliates.models.announcement import (
    Activity,
    Announcement,
    AnnouncementReader,
    AnnouncementStatus,
    AnnouncementText,
)
from affiliates.models.application import Application, ApplicationStatus, LegalForm
from affiliates.models.group_move import GroupMove
from affiliates.models.incident import Impact, Incident, IncidentUpdate, ServicePart
from affiliates.models.message import (
    CannedAnswer,
    Thread,
    ThreadAbout,
    ThreadMessage,
    ThreadSeen,
    ThreadStatus,
)
from affiliates.models.payee import IdentityKey, IdentityKind, Payee
from affiliates.models.profile import AffiliateProfile
from affiliates.models.programme import AmountOnly, Programme
from affiliates.models.resource import (
    Resource,
    ResourceDownload,
    ResourceFile,
    ResourceKind,
    ResourceLanguage,
    ResourcesSeen,
)
from affiliates.models.stop import Stop, Stopped
from affiliates.models.tax import (
    Mandate,
    MandateText,
    PayeeChange,
    PayeeChangeKind,
    TaxProfile,
    VatCheckState,
    VatRegime,
)
from affiliates.models.team import AccountView, Invitation
from affiliates.models.terms import Basis, Terms
from affiliates.models.terms_draft import (
    DraftStatus,
    IncrementalityFactor,
    TermsDraft,
    TermsNotice,
)
from affiliates.models.webhook import (
    DisabledBecause,
    Endpoint,
    EndpointKind,
    EndpointStatus,
    Event,
    EventDelivery,
    EventDeliveryStatus,
    EventKey,
    Subscription,
)

__all__ = [
    "AccountView",
    "Activity",
    "Affiliate",
    "AffiliateKind",
    "AffiliateProfile",
    "AffiliateStatus",
    "AmountOnly",
    "Announcement",
    "AnnouncementReader",
    "AnnouncementStatus",
    "AnnouncementText",
    "Application",
    "ApplicationStatus",
    "Basis",
    "CannedAnswer",
    "DisabledBecause",
    "DraftStatus",
    "Endpoint",
    "EndpointKind",
    "EndpointStatus",
    "Event",
    "EventDelivery",
    "EventDeliveryStatus",
    "EventKey",
    "Group",
    "GroupMove",
    "IdentityKey",
    "IdentityKind",
    "Impact",
    "Incident",
    "IncidentUpdate",
    "IncrementalityFactor",
    "Invitation",
    "LegalForm",
    "Mandate",
    "MandateText",
    "MemberRole",
    "Membership",
    "Payee",
    "PayeeChange",
    "PayeeChangeKind",
    "Programme",
    "Property",
    "Resource",
    "ResourceDownload",
    "ResourceFile",
    "ResourceKind",
    "ResourceLanguage",
    "ResourcesSeen",
    "ServicePart",
    "Stop",
    "Stopped",
    "Subscription",
    "TaxProfile",
    "Terms",
    "TermsDraft",
    "TermsNotice",
    "Thread",
    "ThreadAbout",
    "ThreadMessage",
    "ThreadSeen",
    "ThreadStatus",
    "VatCheckState",
    "VatRegime",
]
