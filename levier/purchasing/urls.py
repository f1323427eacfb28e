"""Addresses of the marketplace of needs and of the opportunities."""

from django.urls import path

from levier.purchasing.views import answering, buyers, following, grouping, moderating, opportunities, writing

app_name = "purchasing"

urlpatterns = [
    path("besoins", writing.mine, name="mine"),
    path("besoins/preparer", writing.prepare, name="prepare"),
    path("besoins/nouveau", writing.new, name="new"),
    path("besoins/<int:pk>", following.need, name="need"),
    path("besoins/<int:pk>/modifier", writing.edit, name="edit"),
    path("besoins/<int:pk>/relire", writing.review, name="review"),
    path("besoins/<int:pk>/pieces", writing.attach, name="attach"),
    path("besoins/<int:pk>/pieces/<int:attachment_pk>", writing.attachment, name="attachment"),
    path("besoins/<int:pk>/envoyer", writing.submit, name="submit"),
    path("besoins/<int:pk>/supprimer", writing.delete, name="delete"),
    path("besoins/<int:pk>/reponses.<str:form>", following.export, name="need_export"),
    path("besoins/<int:pk>/relancer", following.remind, name="remind"),
    path("besoins/<int:pk>/prolonger", following.extend, name="extend"),
    path("besoins/<int:pk>/clore", following.close, name="close"),
    path("besoins/<int:pk>/retirer", following.withdraw, name="withdraw"),
    path("besoins/<int:pk>/liens", following.revoke, name="revoke"),
    path("besoins/<int:pk>/groupement", grouping.for_buyer, name="group"),
    path("moderation/acheteurs", buyers.all_buyers, name="buyers"),
    path("moderation/acheteurs/<int:pk>", buyers.one_buyer, name="buyer"),
    path("moderation/besoins", moderating.queue, name="moderation"),
    path("moderation/besoins/<int:pk>", moderating.decide, name="decide"),
    path(
        "moderation/besoins/<int:pk>/pieces/<int:attachment_pk>",
        moderating.attachment,
        name="moderation_attachment",
    ),
    path("reponse/<str:token>", answering.answer, name="answer"),
    path("reponse/<str:token>/voir", answering.answer_see, name="answer_see"),
    path("reponse/<str:token>/pieces/<int:pk>", answering.answer_attachment, name="answer_attachment"),
    path("reponse/<str:token>/groupement", grouping.for_link, name="answer_group"),
    path("besoins-recus", answering.received, name="received"),
    path("besoins-recus/<int:pk>", answering.received_need, name="received_need"),
    path("besoins-recus/<int:pk>/voir", answering.received_need_see, name="received_need_see"),
    path(
        "besoins-recus/<int:pk>/pieces/<int:attachment_pk>",
        answering.received_need_attachment,
        name="received_need_attachment",
    ),
    path("besoins-recus/<int:pk>/groupement", grouping.for_account, name="received_need_group"),
    path("opportunites", opportunities.page, name="opportunities"),
    path("opportunites/alerte", opportunities.alert, name="alert"),
    path("opportunites/besoins/<int:pk>", opportunities.receive, name="receive"),
]
