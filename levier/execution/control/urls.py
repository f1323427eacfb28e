"""Addresses of control."""

from django.urls import path

from levier.execution.control import views

app_name = "control"

urlpatterns = [
    path("contrats/<int:pk>/controle", views.control, name="control"),
    path("contrats/<int:pk>/controle/<slug:name>", views.new, name="new"),
    path("contrats/controle/<slug:name>/<int:pk>", views.change, name="change"),
    path("contrats/tirages/<int:pk>", views.sample, name="sample"),
    path("contrats/defauts/<int:pk>", views.default, name="default"),
    path("contrats/defauts/<int:pk>/<slug:kind>", views.step, name="step"),
    path("contrats/etapes/<int:pk>/lettre.<str:form>", views.letter, name="letter"),
    path("observations/<str:token>", views.observations, name="observations"),
]
