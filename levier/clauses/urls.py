"""Addresses of our texts, public, and of those organisations keep of their own."""

from django.urls import path

from levier.clauses.views import house, own

app_name = "clauses"

urlpatterns = [
    path("textes", house.levers, name="texts"),
    path("textes/<str:lever>", house.lever, name="lever"),
    path("textes/<str:lever>/<slug:document>", house.text, name="text"),
    path("textes/<str:lever>/<slug:document>.<slug:target>", house.file, name="file"),
    path("mes-textes", own.mine, name="mine"),
    path("mes-textes/<int:organisation>/<str:lever>/<slug:document>", own.write, name="write"),
    path("mes-textes/version/<int:pk>", own.version, name="version"),
    path("mes-textes/version/<int:pk>.<slug:target>", own.file, name="own_file"),
    path("mes-textes/version/<int:pk>/reprendre", own.restore, name="restore"),
    path("mes-textes/version/<int:pk>/maison", own.back, name="back"),
]
