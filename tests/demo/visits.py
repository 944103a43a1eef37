"""What a visitor of the demo shop does, by its forms."""

import json

from demo.shop.database import connected

BUYER = {"nom": "Jeanne Duval", "email": "Jeanne@Example.com", "pays": "FR"}


def put_in_basket(tab, sku="MV01-CAM", size="38"):
    return tab.post("/panier/ajouter", data={"sku": sku, "taille": size})


def choose(tab, choice):
    return tab.post("/cookies", data={"choix": choice, "retour": "/panier"})


def buy(tab, sku="MV01-CAM", size="38", code=""):
    """Put one thing in the basket and order it; return the order's id."""
    put_in_basket(tab, sku, size)
    if code:
        tab.post("/panier/code", data={"code": code})
    answer = tab.post("/commande", data=BUYER)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def messages(settings):
    """Return what the shop has to tell, oldest first."""
    with connected(settings.database) as database:
        rows = database.execute("SELECT body FROM outbox ORDER BY rowid").fetchall()
    return [json.loads(row["body"]) for row in rows]
