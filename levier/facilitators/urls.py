"""Addresses of the network of facilitators."""

from django.urls import path

from levier.facilitators.views import (
    agreeing,
    animating,
    bringing,
    conventions,
    own,
    public,
    referrals,
    trade_bodies,
)

app_name = "facilitators"

urlpatterns = [
    path("facilitateurs", public.index, name="index"),
    path("facilitateurs/carte", public.coverage, name="coverage"),
    path("facilitateurs/prescripteurs", public.prescribers, name="prescribers"),
    path("facilitateurs/animation", animating.dashboard, name="animation"),
    path("facilitateurs/animation/rattachements/<int:pk>", animating.decide, name="decide"),
    path("facilitateurs/animation/structures/<int:pk>", animating.check, name="check"),
    path("facilitateurs/animation/importer", bringing.bring, name="bring_structures"),
    path("facilitateurs/animation/structures/nouvelle", animating.register, name="new_structure"),
    path("facilitateurs/animation/structures/<int:pk>/territoire", animating.register, name="register"),
    path("facilitateurs/animation/structures/<int:pk>/detacher", animating.detach, name="detach"),
    path("facilitateurs/metiers", trade_bodies.index, name="trade_bodies"),
    path("facilitateurs/metiers/nouvelle", trade_bodies.write, name="new_trade_body"),
    path("facilitateurs/metiers/importer", trade_bodies.bring, name="bring_trade_bodies"),
    path("facilitateurs/metiers/<int:pk>", trade_bodies.write, name="trade_body"),
    path("facilitateurs/metiers/<int:pk>/retirer", trade_bodies.hide, name="hide_trade_body"),
    path("facilitateurs/animateurs", animating.animators, name="animators"),
    path("facilitateurs/<slug:slug>", public.structure, name="structure"),
    path("facilitateurs/<slug:slug>/ecrire", public.contact, name="contact"),
    path("facilitateurs/<slug:slug>/rattacher", own.claim, name="claim"),
    path("ma-structure/<int:pk>", own.own, name="own"),
    path("ma-structure/<int:pk>/personnes/nouvelle", own.person, name="new_person"),
    path("ma-structure/<int:pk>/personnes/<int:person_pk>", own.person, name="person"),
    path("ma-structure/<int:pk>/personnes/<int:person_pk>/retirer", own.remove_person, name="remove_person"),
    path("demandes", referrals.mine, name="requests"),
    path("demandes/nouvelle", referrals.ask, name="ask"),
    path("demandes/<int:pk>", referrals.one, name="request"),
    path("demandes/<int:pk>/<slug:act>", referrals.act, name="act"),
    path("conventions", conventions.mine, name="conventions"),
    path("conventions/nouvelle/<int:structure_pk>/<slug:kind>", conventions.new, name="new_convention"),
    path("conventions/<int:pk>", conventions.one, name="convention"),
    path("conventions/<int:pk>/modifier", conventions.edit, name="edit_convention"),
    path("conventions/<int:pk>/signer", agreeing.sign, name="sign_convention"),
    path("conventions/<int:pk>/texte.<str:target>", conventions.document, name="convention_text"),
    path("conventions/<int:pk>/refuser", agreeing.refuse, name="refuse_convention"),
    path("conventions/<int:pk>/terminer", agreeing.end, name="end_convention"),
    path("conventions/<int:pk>/versions/<int:number>", conventions.version, name="convention_version"),
    path("conventions/<int:pk>/copies/<int:copy_pk>", conventions.copy, name="convention_copy"),
    path("conventions/<int:pk>/parties/<int:party_pk>/confirmer", agreeing.vouch, name="vouch"),
    path(
        "conventions/<int:pk>/engagements/<int:commitment_pk>/constater",
        conventions.confirm,
        name="confirm_commitment",
    ),
    path("conventions/<int:pk>/faits", conventions.type_fact, name="type_fact"),
    path("conventions/<int:pk>/<slug:act>", conventions.move, name="move_convention"),
]
