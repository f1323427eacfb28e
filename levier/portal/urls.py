"""Addresses of the pages that belong to no room."""

from django.urls import path

from levier.portal import portfolio, sitemaps, territory_views, views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("fournisseurs/<slug:slug>/marches", views.won_contracts, name="won_contracts"),
    path("accessibilite", views.accessibility, name="accessibility"),
    path("mentions-legales", views.legal, name="legal"),
    path("donnees-personnelles", views.privacy, name="privacy"),
    path("composants", views.components, name="components"),
    path("sante", views.health, name="health"),
    path("mon-portefeuille", portfolio.page, name="portfolio"),
    path("territoires", territory_views.index, name="territories"),
    path("territoires/<slug:kind>/<slug:end>", territory_views.territory, name="territory"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<slug:family>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", views.robots, name="robots"),
    path("carte/departements.geojson", views.outlines, name="outlines"),
]
