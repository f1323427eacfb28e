"""Addresses of « Mon organisation » (the sign-in pages are in sign_in_urls.py)."""

from django.urls import path

from levier.accounts import views

app_name = "accounts"

urlpatterns = [
    path("organisation/", views.own_organisation, name="organisation"),
    path("organisation/<int:pk>/", views.team, name="team"),
    path("organisation/<int:pk>/inviter/", views.invite, name="invite"),
    path("nom/", views.own_name, name="name"),
    path("membre/<int:pk>/", views.member, name="member"),
    path("membre/<int:pk>/retirer/", views.remove, name="remove"),
    path("invitation/<int:pk>/retirer/", views.revoke, name="revoke"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
