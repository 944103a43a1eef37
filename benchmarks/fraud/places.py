"""Names of the labelled sets: the shop, hosts of affiliates, addresses of people and machines."""

from __future__ import annotations

import random

SHOP = "www.maison-alba.fr"
ORIGIN = f"https://{SHOP}"
LOOKALIKES = ("maisonalba.fr", "maison-alba.com", "masion-alba.fr", "maison-alba-soldes.fr",
              "wwwmaison-alba.fr", "maison-abla.fr", "maison-alba.be")  # fmt: skip
COUPONS = ("mareduc-mode.fr", "codes-de-la-mode.fr", "bonsplans-style.fr", "promo-dressing.fr",
           "toutlescodes.fr", "reducfutee.fr")  # fmt: skip
MAIL_DOMAINS = ("gmail.com", "orange.fr", "free.fr", "hotmail.fr", "laposte.net", "yahoo.fr")
_WORDS = ("jardin", "carnet", "atelier", "lune", "mistral", "fil", "soie", "plume", "rose",
          "matin", "voyage", "colline", "encre", "papier", "bohème", "galet")  # fmt: skip
_STREETS = ("rue des Lilas", "avenue Jean Jaurès", "place de la Mairie", "rue du Port",
            "chemin des Vignes", "rue Victor Hugo", "impasse du Moulin")  # fmt: skip
_TOWNS = ("Lyon", "Nantes", "Lille", "Tours", "Dijon", "Brest", "Metz", "Pau", "Nîmes")


def own_site(dice: random.Random, number: int) -> str:
    """Return the host of a site that somebody writes."""
    first, second = dice.sample(_WORDS, 2)
    return f"{first}-{second}{number}.fr".replace("è", "e").replace("î", "i")


def email(dice: random.Random) -> str:
    """Return an address of mail that nobody else has."""
    return f"p{dice.getrandbits(48):x}@{dice.choice(MAIL_DOMAINS)}"


def address(dice: random.Random) -> str:
    """Return an address of a house."""
    postcode = dice.randrange(1_000, 95_999)
    return f"{dice.randrange(1, 180)} {dice.choice(_STREETS)}, {postcode:05} {dice.choice(_TOWNS)}"


def home_ip(dice: random.Random) -> str:
    """Return an address of a household or a phone."""
    return f"{dice.choice((78, 81, 86, 90, 92))}.{dice.randrange(256)}.{dice.randrange(256)}.7"


def server_ip(dice: random.Random) -> str:
    """Return an address in one of a few networks of servers."""
    return f"51.15.{dice.randrange(24)}.{dice.randrange(1, 255)}"


def page(dice: random.Random) -> str:
    """Return the path of a product: a few are seen often, most seldom."""
    return f"/p/{int(dice.paretovariate(0.8)) % 4_000 + 1}"
