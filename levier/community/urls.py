"""Addresses of the editors and of the staff; the public pages are in the portal room."""

from django.urls import path

from levier.community.views import moderating, owning, writing

app_name = "community"

urlpatterns = [
    path("mes-portails", owning.mine, name="mine"),
    path("mes-portails/demander", owning.ask, name="ask"),
    path("mes-portails/<int:pk>", owning.portal, name="portal"),
    path("mes-portails/<int:pk>/image", owning.image, name="image"),
    path("mes-portails/<int:pk>/etat", owning.put_online, name="put_online"),
    path("mes-portails/<int:pk>/texte", writing.text, name="text"),
    path("mes-portails/<int:pk>/texte/<int:version_pk>/reprendre", writing.restore, name="restore"),
    path("mes-portails/<int:pk>/evenements/nouveau", writing.event, name="new_event"),
    path("mes-portails/<int:pk>/evenements/<int:event_pk>", writing.event, name="event"),
    path("mes-portails/<int:pk>/evenements/<int:event_pk>/fin", writing.end_event, name="end_event"),
    path("moderation/portails", moderating.queue, name="moderation"),
    path("moderation/portails/<int:pk>", moderating.decide, name="decide"),
]
