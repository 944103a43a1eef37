"""What machines read on the page of a look: schema.org, as JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString

from influencers.queries.look_pages import Item, Photo, ShownLook

#: So that no text of anybody can end the script element.
_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def look_data(look: ShownLook, base: str) -> SafeString:
    """Return a look as JSON-LD. Products are named, never priced: the shop's pages do that."""
    maker = look.maker
    address = f"{base}{look.path}"
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SocialMediaPosting",
        "@id": address,
        "url": address,
        "headline": look.title,
        "inLanguage": look.language,
        "image": [_image(photo, look, base) for photo in look.photos],
        "mainEntity": {
            "@type": "ItemList",
            "itemListElement": [_listed(item) for item in look.items],
        },
        "sponsor": {
            "@type": "Organization",
            "name": look.look.shop.name,
            "url": look.look.shop.home_url,
        },
    }
    if look.look.published_at:
        document["datePublished"] = look.look.published_at.isoformat()
    if maker:
        author = {"@type": "Person", "name": maker.name}
        document["author"] = (
            {**author, "url": f"{base}/looks/by/{maker.handle}/"} if maker.handle else author
        )
    return SafeString(json.dumps(document, ensure_ascii=False).translate(_ESCAPED))


def _image(photo: Photo, look: ShownLook, base: str) -> dict[str, Any]:
    sources = photo.sources
    return {
        "@type": "ImageObject",
        "contentUrl": base + sources.src,
        "width": sources.width,
        "height": sources.height,
        "caption": sources.alt,
        "creditText": photo.credit or look.look.shop.name,
        "copyrightNotice": photo.credit or look.look.shop.name,
    }


def _listed(item: Item) -> dict[str, Any]:
    product: dict[str, Any] = {"@type": "Product", "name": item.product.name}
    if item.product.url:
        product = {**product, "@id": item.product.url, "url": item.product.url}
    return {"@type": "ListItem", "position": item.number, "item": product}
