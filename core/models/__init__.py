from core.models.api_key import LONGEST_LIFE, ApiCall, ApiKey, Scope
from core.models.audit import AuditEntry
from core.models.delivery import Delivery, DeliveryStatus
from core.models.export import Export, ExportStatus
from core.models.notification import LetterChoice, LetterHours, Notification
from core.models.outbox import OutboxMail
from core.models.saved_view import STAFF_SCOPE, Every, SavedView, Schedule
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
    "Delivery",
    "DeliveryStatus",
    "Every",
    "Export",
    "ExportStatus",
    "LetterChoice",
    "LetterHours",
    "Notification",
    "OutboxMail",
    "ProposalStatus",
    "SavedView",
    "Schedule",
    "Scope",
    "StaffInvitation",
    "StaffProposal",
    "StaffRole",
    "User",
]
