"""Who works with the demo shop: six affiliates, an influencer and a store employee."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from affiliates.models import AffiliateKind, LegalForm
from portal.demo.people import person

CONTENT, CREATORS, STORES = "contenu", "createurs", "equipes-magasin"

#: slug -> (name, rate in bps of reference margin). The first one is the default group.
GROUPS = {
    CONTENT: ("Contenu", 1_800),
    CREATORS: ("Créateurs", 2_200),
    STORES: ("Équipes magasin", 1_200),
}


def looks_on_product_pages(rate_bps: int, cap_minor: int) -> dict[str, Any]:
    """Return the rule for a look that somebody tapped who was on our product pages already.

    It brought nobody: ``rate_bps`` of the margin, less than the rate of the group, and no more
    than ``cap_minor`` for one order.
    """
    return {
        "key": "fiches",
        "name": "Look sur une fiche produit",
        "priority": 8,
        "pays": "margin",
        "rate_bps": rate_bps,
        "cap_minor": cap_minor,
        "when": {"surface": ["look:*:pdp"]},
    }


#: What the terms of a group say from the first day, beside the rate.
RULES = {STORES: {"rules": [looks_on_product_pages(600, 500)], "order_cap_minor": 3_000}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the shop that an affiliate sends people to."""

    path: str
    label: str
    sub_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One applicant, and what becomes of them. Days count from the beginning of the history."""

    key: str  # Of a demo person, or the beginning of an e-mail address.
    person: str
    name: str
    kind: str
    group: str
    site: str
    channels: tuple[str, ...]
    methods: tuple[str, ...]
    pitch: str
    legal_form: str = LegalForm.SOLE_TRADER
    store: str = ""
    staff_number: str = ""
    iban: str = ""
    town: str = ""
    street: str = ""
    postcode: str = ""
    siret: str = ""
    pages: tuple[Page, ...] = ()
    code: str = ""
    discount_bps: int = 0
    clicks_a_day: int = 0
    buys_of_1000: int = 0  # Of a thousand consented clicks, how many lead to an order.
    code_orders_of_1000_days: int = 0

    @property
    def email(self) -> str:
        """The address of a demo person; everybody else writes from their own site."""
        someone = person(self.key)
        return someone.email if someone else f"{self.key}@{urlsplit(self.site).hostname}"


ADA = Role(
    key="ada",
    person="Ada Lemoine",
    name="Le Carnet d'Ada",
    kind=AffiliateKind.CONTENT,
    group=CONTENT,
    site="https://carnet-ada.example",
    channels=("site", "newsletter"),
    methods=("content", "newsletter"),
    pitch="Un carnet de mode lente : une pièce par semaine, portée, lavée, racontée.",
    iban="FR7630004008125260181590817",
    town="Nantes",
    street="4 rue Crébillon",
    postcode="44000",
    siret="81243765500010",
    pages=(
        Page(path="/produit/mv01-cam", label="Trench : le test de six mois", sub_id="trench"),
        Page(path="/rayon/mailles", label="Guide des mailles", sub_id="guide-mailles"),
        Page(path="/produit/rb01-bor", label="Robe Odéon, trois façons", sub_id="odeon"),
        Page(path="/", label="Lien de la newsletter", sub_id="lettre"),
    ),
    code="ADA10",
    discount_bps=1_000,
    clicks_a_day=9,
    buys_of_1000=180,
    code_orders_of_1000_days=350,
)
INES = Role(
    key="ines",
    person="Inès Moreau",
    name="Inès Moreau",
    kind=AffiliateKind.INFLUENCER,
    group=CREATORS,
    site="https://photos.example/ines.moreau",
    channels=("instagram", "tiktok"),
    methods=("social",),
    pitch="Des tenues complètes pour aller travailler, 46 000 personnes qui répondent.",
    iban="FR7630006000013016613186025",
    town="Marseille",
    street="18 boulevard Longchamp",
    postcode="13001",
    siret="85290341800014",
    pages=(
        Page(path="/produit/sa02-bor", label="Le petit sac bordeaux", sub_id="story-sac"),
        Page(path="/rayon/robes", label="Sélection robes", sub_id="bio"),
        Page(path="/produit/pj04-sap", label="Jupe plissée, la vidéo", sub_id="reel-jupe"),
    ),
    code="INES15",
    discount_bps=1_500,
    clicks_a_day=10,
    buys_of_1000=105,
    code_orders_of_1000_days=900,
)
NADIA = Role(
    key="nadia",
    person="Nadia Benali",
    name="Nadia Benali",
    kind=AffiliateKind.EMPLOYEE,
    group=STORES,
    site="",
    channels=("store", "instagram"),
    methods=("social",),
    pitch="Je conseille à Bellecour depuis huit ans ; mes clientes me suivent aussi en ligne.",
    legal_form=LegalForm.INDIVIDUAL,
    store="Lyon Bellecour",
    staff_number="LB-0417",
    pages=(Page(path="/rayon/manteaux-vestes", label="Mes manteaux préférés"),),
    code="NADIA5",
    discount_bps=500,
    clicks_a_day=2,
    buys_of_1000=150,
    code_orders_of_1000_days=800,
)
COMPARISON = Role(
    key="karim.belkacem",
    person="Karim Belkacem",
    name="Comparamode",
    kind=AffiliateKind.COMPARISON,
    group=CONTENT,
    site="https://comparamode.example",
    channels=("site",),
    methods=("comparison", "paid_search"),
    pitch="Comparateur de prêt-à-porter : prix, matières, délais, sans codes promo.",
    legal_form=LegalForm.COMPANY,
    iban="FR7610278060419139099603008",
    town="Lille",
    street="7 rue de la Monnaie",
    postcode="59800",
    siret="79865432300012",
    pages=(
        Page(path="/rayon/manteaux-vestes", label="Page manteaux", sub_id="manteaux"),
        Page(path="/rayon/chaussures", label="Page chaussures", sub_id="chaussures"),
        Page(path="/rayon/sacs", label="Page sacs", sub_id="sacs"),
    ),
    clicks_a_day=12,
    buys_of_1000=60,
)
SUSPENDED = Role(
    key="loic.perrin",
    person="Loïc Perrin",
    name="Bonnes Idées Mode",
    kind=AffiliateKind.CONTENT,
    group=CONTENT,
    site="https://bonnes-idees-mode.example",
    channels=("site",),
    methods=("content", "paid_search"),
    pitch="Des idées de tenues et de cadeaux, mises à jour chaque jour.",
    iban="FR7630003036208246281948283",
    town="Bordeaux",
    street="22 cours de l'Intendance",
    postcode="33000",
    siret="83410297200017",
    pages=(Page(path="/", label="Bouton de l'accueil"),),
    clicks_a_day=4,
    buys_of_1000=110,
)
CLOSED = Role(
    key="maud.rivoire",
    person="Maud Rivoire",
    name="La Lettre de Maud",
    kind=AffiliateKind.CONTENT,
    group=CONTENT,
    site="https://lettre-de-maud.example",
    channels=("newsletter",),
    methods=("newsletter",),
    pitch="Une lettre du dimanche sur les vêtements que l'on garde.",
    iban="FR7620041010051993518190963",
    town="Rennes",
    street="3 rue Saint-Georges",
    postcode="35000",
    siret="90125864000019",
    pages=(Page(path="/rayon/mailles", label="Lettre n° 41", sub_id="lettre-41"),),
    clicks_a_day=3,
    buys_of_1000=120,
)
REJECTED = Role(
    key="contact",
    person="Steeve Marchal",
    name="Codes Promo 24",
    kind=AffiliateKind.COUPON,
    group=CONTENT,
    site="https://codespromo24.example",
    channels=("site",),
    methods=("promo_codes", "extension"),
    pitch="Tous les codes promo de toutes les boutiques, vérifiés chaque heure.",
    legal_form=LegalForm.COMPANY,
)
WAITING = Role(
    key="claire.fontan",
    person="Claire Fontan",
    name="Journal d'une Lyonnaise",
    kind=AffiliateKind.CONTENT,
    group=CONTENT,
    site="https://journal-lyonnaise.example",
    channels=("site", "pinterest"),
    methods=("content",),
    pitch="Adresses, expositions et vêtements entre Saône et Rhône, depuis 2014.",
)

#: Those whose application was accepted before the history begins.
ACCEPTED = (ADA, INES, NADIA, COMPARISON, SUSPENDED, CLOSED)

SUSPENDED_ON, CLOSED_ON = 47, 58
SUSPENDED_BECAUSE = (
    "Vos annonces payantes utilisent le nom de la maison, ce que le programme exclut. "
    "Retirez-les et écrivez-nous : nous rouvrirons votre compte."
)
CLOSED_BECAUSE = "Fermé à votre demande : la lettre s'arrête."
REJECTED_BECAUSE = (
    "Le programme n'accepte ni sites de codes promo ni extensions : ils interviennent quand "
    "l'achat est déjà décidé."
)
