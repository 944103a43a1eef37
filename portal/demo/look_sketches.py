"""The outfits that the demo's creators lay down, in their words."""

from __future__ import annotations

from dataclasses import dataclass

from demo.catalogue import Product, by_sku
from influencers.models import SlotRole
from portal.demo import cast

#: How a style is drawn.
_CUTS = {
    "MV01": "coat", "MV02": "coat", "MV04": "blazer", "ML01": "breton", "ML02": "turtleneck",
    "ML03": "cardigan", "ML06": "sweater", "CT01": "shirt", "CT05": "breton", "RB01": "dress",
    "RB04": "dress", "PJ01": "trousers", "PJ03": "jeans", "PJ04": "skirt", "PJ05": "skirt",
    "CH01": "shoes", "CH02": "boots", "CH03": "loafers", "CH04": "sneakers", "CH05": "shoes",
    "SA01": "bag", "SA02": "bag", "SA03": "bag", "SA04": "basket",
}  # fmt: skip
_ROLES = {
    "robes": SlotRole.DRESS, "manteaux-vestes": SlotRole.OUTER, "mailles": SlotRole.TOP,
    "chemises-tops": SlotRole.TOP, "pantalons-jupes": SlotRole.BOTTOM,
    "chaussures": SlotRole.SHOES, "sacs": SlotRole.BAG,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Worn:
    """A product in an outfit: how it is drawn, and which part of the outfit it is."""

    product: Product
    cut: str
    role: SlotRole


@dataclass(frozen=True, slots=True)
class Sketch:
    """A look to be drawn. ``skus``: four, the longest piece first."""

    creator: str
    days_ago: int
    skus: str
    ground: str
    tags: str
    title: str
    story: str
    is_seen_closer: bool = False

    @property
    def worn(self) -> tuple[Worn, ...]:
        """What is worn, in the order of ``skus``."""
        products = [by_sku()[sku] for sku in self.skus.split()]
        return tuple(
            Worn(one, _CUTS[one.style.code], _ROLES[one.style.category]) for one in products
        )


_INES, _NADIA = cast.INES.key, cast.NADIA.key
PUBLISHED = (
    Sketch(_INES, 27, "MV01-CAM ML01-IVO PJ04-SAP CH03-BOR", "#d9b8a0", "bureau mi-saison",
           "Trench et jupe plissée, un matin de pluie",
           "La jupe bouge, le trench tient. Je porte la marinière rentrée, sans ceinture.",
           is_seen_closer=True),
    Sketch(_INES, 18, "RB01-BOR MV04-NOI SA02-BOR CH01-NOI", "#9fb0a4", "bureau soir",
           "La robe Odéon, du bureau au dîner",
           "Une seule pièce à repasser. Le blazer reste sur le dossier de la chaise le soir."),
    Sketch(_INES, 9, "PJ01-MAR CT01-CIE SA01-CAM CH05-COQ", "#e5dccb", "bureau bleu",
           "Un lundi en bleu",
           "Pantalon large, chemise ciel : je prends ma taille en bas, une de plus en haut."),
    Sketch(_NADIA, 21, "MV02-CAM ML02-IVO PJ03-BRU CH02-CHO", "#b9c3cc", "manteaux hiver",
           "Le manteau Vendôme, pour de vrai",
           "Celui que je conseille le plus à Bellecour. Il se porte ouvert dès octobre."),
    Sketch(_NADIA, 5, "RB04-CIE ML03-SAU SA04-CAM CH04-IVO", "#dcc08e", "week-end mi-saison",
           "Une robe chemise et un panier",
           "Elle taille grand : prenez une taille de moins. Le cardigan va avec tout."),
)  # fmt: skip
WAITING = Sketch(
    _INES, 2, "PJ05-CHO ML06-COQ SA03-CAM CH02-NOI", "#cfd3c2", "couleur",
    "Velours et rouge coquelicot",
    "Le velours chocolat calme le rouge. Collants opaques, bottines noires.",
)  # fmt: skip
TO_CHANGE = Sketch(
    _NADIA, 3, "PJ03-CLA CT05-IVO SA01-NOI CH04-MAR", "#e3cdb8", "week-end",
    "Marinière et jean clair", "La tenue du samedi matin.",
)  # fmt: skip
