from __future__ import annotations

from django.urls import path

from influencers.views import assets, counting, oembed, pages, pictures, widget

app_name = "looks"
urlpatterns = [
    path("looks/", pages.lookbook, name="lookbook"),
    path("looks/by/<slug:handle>/", pages.creator, name="creator"),
    path("looks/widget", widget.widget, name="widget"),
    path("looks/seen", counting.seen, name="seen"),
    path("looks/pictures/<str:name>", pictures.picture, name="picture"),
    path("looks/<slug:slug>/", pages.look, name="look"),
    path("looks/<slug:slug>/embed/", pages.embed, name="embed"),
    path("looks/looks.css", assets.asset, {"file": "looks.css"}, name="style"),
    path("looks/pages.css", assets.asset, {"file": "pages.css"}, name="page-style"),
    path("looks/looks.js", assets.asset, {"file": "looks.js"}, name="script"),
    path("oembed", oembed.oembed, name="oembed"),
]
