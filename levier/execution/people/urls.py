"""Addresses of the people a structure follows."""

from django.urls import path

from levier.execution.people import views

app_name = "people"

urlpatterns = [
    path("personnes", views.index, name="index"),
    path("personnes/nouvelle", views.new, name="new"),
    path("personnes/<uuid:key>", views.sheet, name="sheet"),
    path("personnes/<uuid:key>/note", views.notice, name="notice"),
    path("personnes/<uuid:key>/entree", views.enter, name="enter"),
    path("personnes/entrees/<int:pk>/decider", views.decide, name="decide"),
    path("personnes/entrees/<int:pk>/sortie", views.leave, name="leave"),
]
