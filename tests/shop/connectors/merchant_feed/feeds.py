"""Small feeds of a made-up shop, as text."""

GOOGLE = 'xmlns:g="http://base.google.com/ns/1.0"'
DRESS = {
    "id": "RB1-38",
    "item_group_id": "RB1",
    "title": "Robe d'été",
    "price": "119.90 EUR",
    "sale_price": "89.90 EUR",
    "availability": "in_stock",
    "image_link": "https://shop.example/rb1.jpg",
    "link": "https://shop.example/rb1?size=38&color=rouge",
    "brand": "Atelier",
    "google_product_category": "2271",
    "product_type": "Femme > Robes",
    "color": "rouge",
    "size": "38",
    "cost_of_goods_sold": "41.50 EUR",
    "quantity": "3",
}


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def item(fields, tag="item"):
    inside = "".join(f"<g:{name}>{escaped(text)}</g:{name}>" for name, text in fields.items())
    return f"<{tag}>{inside}</{tag}>"


def rss(*items):
    inside = "".join(item(one) for one in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {GOOGLE}><channel>'
        f"<title>Atelier</title><link>https://shop.example/</link>{inside}</channel></rss>"
    ).encode()


def atom(*items):
    inside = "".join(item(one, "entry") for one in items)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {GOOGLE}><title>Atelier</title>{inside}</feed>'
    ).encode()


def table(*items):
    names = list(items[0])
    rows = [[name.replace("_", " ") for name in names], *([one[name] for name in names]
            for one in items)]  # fmt: skip
    return "\n".join("\t".join(row) for row in rows).encode()
