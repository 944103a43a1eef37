from influencers.models.campaign import (
    Campaign,
    CampaignStatus,
    Deliverable,
    DeliverableKind,
    Delivery,
    DeliveryStatus,
    EditorialEntry,
    Participation,
    PartStatus,
    Shipment,
    ShipmentStatus,
)
from influencers.models.contract import (
    Contract,
    ContractSignature,
    ContractStatus,
    ContractText,
    ContractThreshold,
)
from influencers.models.gift import Gift
from influencers.models.look import (
    Disclosure,
    Hotspot,
    Look,
    LookImage,
    LookSlot,
    LookStatus,
    LookVersion,
    SlotOption,
    SlotRole,
    VersionStatus,
)
from influencers.models.look_review import (
    CustomerInvite,
    CustomerPhoto,
    LookAct,
    LookComment,
    LookCount,
    LookEvent,
    Surface,
)
from influencers.models.picture import ImageLicence, Picture, Rendition, Scope
from influencers.models.pool import (
    Influencer,
    InfluencerNote,
    MarkKind,
    MemberStatus,
    Network,
    Pool,
    PoolMember,
    Segment,
    SocialAccount,
    SocialFigure,
    StandingMark,
    Store,
    Tier,
)
from influencers.models.standing import StandingContest, StandingWeights

__all__ = [
    "Campaign", "CampaignStatus", "Contract", "ContractSignature", "ContractStatus",
    "ContractText", "ContractThreshold", "CustomerInvite", "CustomerPhoto", "Deliverable",
    "DeliverableKind", "Delivery", "DeliveryStatus", "Disclosure", "EditorialEntry", "Gift",
    "Hotspot", "ImageLicence", "Influencer", "InfluencerNote", "Look", "LookAct", "LookComment",
    "LookCount", "LookEvent", "LookImage", "LookSlot", "LookStatus", "LookVersion", "MarkKind",
    "MemberStatus", "Network", "PartStatus", "Participation", "Picture", "Pool", "PoolMember",
    "Rendition", "Scope", "Segment", "Shipment", "ShipmentStatus", "SlotOption", "SlotRole",
    "SocialAccount", "SocialFigure", "StandingContest", "StandingMark", "StandingWeights", "Store",
    "Surface", "Tier", "VersionStatus",
]  # fmt: skip
