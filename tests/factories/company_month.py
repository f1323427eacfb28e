"""A contract declared each month, with the link of a contact of its holder."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from levier.core.audit import Actor
from levier.execution.declaring import links, policies, reminding, sending
from levier.execution.models import ContractContact, ContractSide, DeclarationSending, StaffChange
from levier.execution.people import actions as people
from levier.execution.people.scope import acting
from levier.purchasing.models import ContactRank
from tests.factories import people as make

MONTH = date(2026, 4, 1)
DUE = date(2026, 5, 15)
FIRST, SECOND = "referent@exemple.invalid", "suppleant@exemple.invalid"


class Company:
    """A contract declared each month, two contacts of its holder, one person in April, the link of the first contact."""

    def __init__(self) -> None:
        self.where = make.place()
        contract = self.where.contract
        contract.reporting_period = "mois"
        contract.save()
        for rank, email in ((ContactRank.FIRST, FIRST), (ContactRank.SUBSTITUTE, SECOND)):
            ContractContact.objects.create(
                contract=contract, side=ContractSide.HOLDER, rank=rank, name=rank.label, email=email,
                phone="01 99 00 00 01",
            )  # fmt: skip
        who = make.participant(self.where)
        people.give_notice(by=self.where.facilitator, participant=who, on=date(2026, 3, 1), way="main")
        self.entry = people.decide_entry(
            by=self.where.facilitator, entry=make.entry(self.where, who), is_valid=True
        )
        self.link = links.open_link(
            contract=contract, company=contract.holder, email=FIRST, first_month=MONTH, month=MONTH
        )
        self.desk = links.desk_of(self.link)
        self.commitment = contract.commitments.get()
        self.follower = policies.facilitator_desk(self.where.facilitator, contract.pk)

    def send(self, hours: Any = 70, **values: Any) -> DeclarationSending:
        sent = {"month": MONTH, "cells": {(self.entry.pk, MONTH): Decimal(hours)}} | values
        return sending.send_month(
            by=self.link, desk=self.desk, commitment=self.commitment, key=uuid4(),
            sent=sending.SentMonth(**sent),
        )  # fmt: skip

    def change(self, **values: Any) -> StaffChange:
        self.send(**values)
        with acting(followers=[self.where.structure.pk]):
            return StaffChange.objects.get()

    def remind(self, today: date) -> int:
        return reminding.send_reminders(by=Actor.machine("essai"), today=today)
