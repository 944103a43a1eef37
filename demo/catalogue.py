"""The catalogue of the demo shop: a French fashion house that does not exist.

Everything is made from the styles below and one seed, so that every start has the same products,
prices and costs. The costs spread the styles over all margin bands.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from core.money import BPS, ratio

SEED = 1_889
VAT_BPS = 2_000
CURRENCY = "EUR"

#: slug -> (name, one line under it)
CATEGORIES = MappingProxyType(
    {
        "robes": ("Robes", "Du bureau au bal du 14 juillet."),
        "manteaux-vestes": ("Manteaux & vestes", "Coupés pour le vent des quais."),
        "mailles": ("Mailles", "Laine, coton, et de la douceur."),
        "chemises-tops": ("Chemises & tops", "Des pièces de tous les jours."),
        "pantalons-jupes": ("Pantalons & jupes", "Tombés justes, poches vraies."),
        "chaussures": ("Chaussures", "Pour marcher d’une rive à l’autre."),
        "sacs": ("Sacs", "Assez grands pour un livre."),
        "accessoires": ("Accessoires", "Le détail qui finit la tenue."),
    }
)

#: key -> (name, colour of the cloth)
COLORS = MappingProxyType(
    {
        "noir": ("noir", "#2b2a30"),
        "ivoire": ("ivoire", "#efe6d4"),
        "marine": ("marine", "#2b3a58"),
        "camel": ("camel", "#bd905f"),
        "bordeaux": ("bordeaux", "#742c3c"),
        "sauge": ("sauge", "#9aa88f"),
        "coquelicot": ("coquelicot", "#bf4033"),
        "ciel": ("bleu ciel", "#a9c0d6"),
        "gris": ("gris chiné", "#94969b"),
        "terracotta": ("terracotta", "#bd7052"),
        "sapin": ("vert sapin", "#33503f"),
        "rose": ("rose poudré", "#dfbcb1"),
        "brut": ("denim brut", "#3f5675"),
        "clair": ("denim clair", "#8fabc7"),
        "moutarde": ("moutarde", "#c99d42"),
        "lilas": ("lilas", "#b6a8c8"),
        "chocolat": ("chocolat", "#5a4034"),
    }
)

CLOTHES_SIZES = ("34", "36", "38", "40", "42", "44")
SHOE_SIZES = ("36", "37", "38", "39", "40", "41")
ONE_SIZE = ("Taille unique",)
LETTER_SIZES = ("XS", "S", "M", "L", "XL")


@dataclass(frozen=True, slots=True)
class Style:
    """One design; a product is a style in one color."""

    code: str
    name: str
    category: str
    cut: str  # demo.shop.drawings.CUTS
    brand: str
    euros: int  # List price with VAT.
    colors: str
    cloth: str  # What it is made of, for the product page.
    pattern: str = "plain"


HOUSE, RIVE, ATELIER, ARENES = "Maison Lutèce", "Rive Droite", "Atelier Bièvre", "Les Arènes"

STYLES = (
    Style("RB01", "Robe portefeuille Odéon", "robes", "wrap_dress", HOUSE, 129,
          "bordeaux sapin noir", "Crêpe de viscose"),
    Style("RB02", "Robe longue Bagatelle", "robes", "long_dress", HOUSE, 159,
          "sauge terracotta ciel", "Voile de coton", "floral"),
    Style("RB03", "Petite robe Vivienne", "robes", "shift_dress", HOUSE, 115,
          "noir marine coquelicot", "Crêpe épais"),
    Style("RB04", "Robe chemise Canal", "robes", "shirt_dress", RIVE, 98,
          "ciel ivoire rose", "Popeline rayée", "stripes"),
    Style("RB05", "Robe pull Montsouris", "robes", "knit_dress", ATELIER, 119,
          "gris camel bordeaux", "Maille mérinos"),
    Style("RB06", "Robe à pois Guinguette", "robes", "wrap_dress", RIVE, 89,
          "marine coquelicot", "Viscose imprimée", "dots"),
    Style("MV01", "Trench Passy", "manteaux-vestes", "trench", HOUSE, 249,
          "camel marine sauge", "Gabardine de coton"),
    Style("MV02", "Manteau droit Vendôme", "manteaux-vestes", "coat", HOUSE, 289,
          "camel noir bordeaux", "Laine et cachemire"),
    Style("MV03", "Manteau à carreaux Arsenal", "manteaux-vestes", "coat", RIVE, 229,
          "gris chocolat", "Laine vierge", "check"),
    Style("MV04", "Blazer Sorbonne", "manteaux-vestes", "blazer", HOUSE, 169,
          "noir marine ivoire", "Laine froide"),
    Style("MV05", "Blouson Bastille", "manteaux-vestes", "biker", ATELIER, 319,
          "noir chocolat", "Cuir d’agneau"),
    Style("MV06", "Veste en jean Charonne", "manteaux-vestes", "denim_jacket", RIVE, 99,
          "brut clair noir", "Denim de coton"),
    Style("ML01", "Pull marin Concarneau", "mailles", "sweater", HOUSE, 79,
          "ivoire marine", "Coton peigné", "breton"),
    Style("ML02", "Col roulé Cluny", "mailles", "turtleneck", HOUSE, 89,
          "noir ivoire camel sapin", "Mérinos extra-fin"),
    Style("ML03", "Cardigan Médicis", "mailles", "cardigan", HOUSE, 95,
          "rose sauge marine", "Laine et alpaga"),
    Style("ML04", "Pull torsadé Jardin", "mailles", "sweater", ATELIER, 129,
          "ivoire moutarde", "Laine d’Arles", "cable"),
    Style("ML05", "Gilet long Ménil", "mailles", "cardigan", RIVE, 75,
          "gris chocolat", "Coton et laine"),
    Style("ML06", "Pull col V Daguerre", "mailles", "v_sweater", RIVE, 69,
          "coquelicot lilas ciel", "Coton doux"),
    Style("CT01", "Chemise blanche Rivoli", "chemises-tops", "shirt", HOUSE, 79,
          "ivoire ciel", "Popeline de coton"),
    Style("CT02", "Chemise rayée Quai", "chemises-tops", "shirt", RIVE, 65,
          "ciel rose gris", "Oxford", "stripes"),
    Style("CT03", "Blouse Colette", "chemises-tops", "blouse", HOUSE, 85,
          "ivoire rose bordeaux", "Crêpe fluide"),
    Style("CT04", "T-shirt Belleville", "chemises-tops", "tee", RIVE, 29,
          "ivoire noir gris", "Coton biologique"),
    Style("CT05", "Marinière Cancale", "chemises-tops", "long_tee", RIVE, 45,
          "ivoire marine", "Jersey de coton", "breton"),
    Style("CT06", "Top en soie Tuileries", "chemises-tops", "camisole", ATELIER, 99,
          "noir rose sapin", "Soie lavée"),
    Style("PJ01", "Pantalon large Voltaire", "pantalons-jupes", "wide_trousers", HOUSE, 109,
          "noir camel marine", "Laine légère"),
    Style("PJ02", "Cigarette Beaubourg", "pantalons-jupes", "slim_trousers", HOUSE, 95,
          "noir gris bordeaux", "Gabardine stretch"),
    Style("PJ03", "Jean droit Oberkampf", "pantalons-jupes", "jeans", RIVE, 89,
          "brut clair noir", "Denim 13 oz"),
    Style("PJ04", "Jupe plissée Opéra", "pantalons-jupes", "pleated_skirt", HOUSE, 99,
          "sapin camel lilas", "Satin plissé"),
    Style("PJ05", "Jupe trapèze Lepic", "pantalons-jupes", "a_skirt", RIVE, 69,
          "chocolat moutarde sapin", "Velours côtelé", "cord"),
    Style("PJ06", "Jupe crayon Bourse", "pantalons-jupes", "pencil_skirt", HOUSE, 79,
          "noir gris", "Laine à carreaux", "check"),
    Style("CH01", "Escarpins Garnier", "chaussures", "pumps", ATELIER, 139,
          "noir bordeaux", "Cuir verni"),
    Style("CH02", "Bottines Marais", "chaussures", "boots", ATELIER, 169,
          "noir chocolat camel", "Cuir de veau"),
    Style("CH03", "Mocassins Odette", "chaussures", "loafers", ATELIER, 129,
          "bordeaux noir", "Cuir glacé"),
    Style("CH04", "Baskets Stade", "chaussures", "sneakers", ARENES, 89,
          "ivoire marine coquelicot", "Toile et caoutchouc"),
    Style("CH05", "Ballerines Pigalle", "chaussures", "flats", ATELIER, 99,
          "coquelicot rose noir", "Cuir souple"),
    Style("SA01", "Cabas Estampe", "sacs", "tote", ARENES, 149,
          "camel noir sapin", "Cuir grainé"),
    Style("SA02", "Sac baguette Filou", "sacs", "baguette", ARENES, 119,
          "bordeaux ivoire noir", "Cuir lisse"),
    Style("SA03", "Besace Messager", "sacs", "satchel", ARENES, 179,
          "chocolat camel noir", "Cuir de vachette"),
    Style("SA04", "Panier Marché", "sacs", "basket_bag", ARENES, 59,
          "camel", "Paille tressée"),
    Style("AC01", "Carré de soie Seine", "accessoires", "silk_square", ATELIER, 69,
          "coquelicot ciel moutarde", "Twill de soie", "frame"),
    Style("AC02", "Écharpe Frimas", "accessoires", "scarf", HOUSE, 55,
          "gris camel bordeaux", "Laine d’agneau"),
    Style("AC03", "Béret Lumière", "accessoires", "beret", HOUSE, 39,
          "noir coquelicot marine", "Laine feutrée"),
    Style("AC04", "Ceinture Boucle", "accessoires", "belt", ARENES, 45,
          "noir camel bordeaux", "Cuir pleine fleur"),
    Style("AC05", "Lunettes de soleil Zénith", "accessoires", "sunglasses", ARENES, 79,
          "noir chocolat", "Acétate"),
)  # fmt: skip

#: Catalogue margins in bps, and how many styles have one: something in every published band.
MARGINS = (((1_200, 1_900), 4), ((2_200, 3_300), 6), ((3_700, 4_800), 11),
           ((5_200, 6_300), 16), ((6_600, 7_200), 7))  # fmt: skip

#: One product whose cost nobody has entered yet: its commissions wait for it.
WITHOUT_COST = "AC05-CHO"


@dataclass(frozen=True, slots=True)
class Product:
    """One SKU as the shop sells it. The unit cost never reaches a page."""

    sku: str
    style: Style
    color: str
    list_price_minor: int
    unit_cost_minor: int | None

    @property
    def name(self) -> str:
        return f"{self.style.name}, {COLORS[self.color][0]}"

    @property
    def category_name(self) -> str:
        return CATEGORIES[self.style.category][0]

    @property
    def path(self) -> str:
        return f"/produit/{self.sku.lower()}"

    @property
    def image_path(self) -> str:
        return f"/images/{self.sku.lower()}.svg"

    @property
    def sizes(self) -> tuple[str, ...]:
        if self.style.category == "chaussures":
            return SHOE_SIZES
        if self.style.category in {"sacs", "accessoires"}:
            return ONE_SIZE
        return LETTER_SIZES if self.style.category == "mailles" else CLOTHES_SIZES


@cache
def products() -> tuple[Product, ...]:
    """Return every product, in the order of the styles."""
    chance = random.Random(SEED)  # noqa: S311
    deck = [margins for margins, times in MARGINS for _ in range(times)]
    chance.shuffle(deck)
    made = []
    for style, (lowest, highest) in zip(STYLES, deck, strict=True):
        margin_bps = chance.randint(lowest, highest)
        price = style.euros * 100
        cost = ratio(price * (BPS - margin_bps), BPS + VAT_BPS)
        for color in style.colors.split():
            sku = f"{style.code}-{color[:3].upper()}"
            known_cost = None if sku == WITHOUT_COST else cost
            made.append(Product(sku, style, color, price, known_cost))
    return tuple(made)


@cache
def by_sku() -> dict[str, Product]:
    """Return the products by SKU, in upper case."""
    return {product.sku: product for product in products()}


def siblings(product: Product) -> list[Product]:
    """Return the same style in every color, this one included."""
    return [other for other in products() if other.style is product.style]
