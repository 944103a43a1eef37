from core.models.api_key import LONGEST_LIFE, ApiCall, ApiKey, Scope
from core.models.audit import AuditEntry
from core.models.delivery import Delivery, DeliveryStatus
from core.models.export import Export, ExportStatus
from core.models.notification import LetterChoice, LetterHours, Notification
from core.models.outbox import OutboxMail
from core.models.privacy import DataRequest, ErasureEntry, Identified, PurgeRun, Wish
from core.models.saved_view import STAFF_SCOPE, Every, SavedView, Schedule
from core.models.signing_key import SigningKey
from core.models.staff import (
    ENTERING,
    ProposalStatus,
    StaffInvitation,
    StaffProposal,
    StaffRole,
)
from core.models.user import User

__all__ = [
    "ENTERING",
    "LONGEST_LIFE",
    "STAFF_SCOPE",
    "ApiCall",
    "ApiKey",
    "AuditEntry",
    "DataRequest",
    "Delivery",
    "DeliveryStatus",
    "ErasureEntry",
    "Every",
    "Export",
    "ExportStatus",
    "Identified",
    "LetterChoice",
    "LetterHours",
    "Notification",
    "OutboxMail",
    "ProposalStatus",
    "PurgeRun",
    "SavedView",
    "Schedule",
    "Scope",
    "SigningKey",
    "StaffInvitation",
    "StaffProposal",
    "StaffRole",
    "User",
    "Wish",
]
