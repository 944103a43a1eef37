from core.models.audit import AuditEntry
from core.models.delivery import Delivery, DeliveryStatus
from core.models.outbox import OutboxMail
from core.models.user import User

__all__ = ["AuditEntry", "Delivery", "DeliveryStatus", "OutboxMail", "User"]
