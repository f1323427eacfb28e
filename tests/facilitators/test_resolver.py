"""The order of referral: convention, programme, place, département, then reasoned fallbacks."""

from datetime import date

from levier.facilitators.answers import Territory
from levier.facilitators.models import StructureKind
from levier.facilitators.resolver import FacilitatorResolver
from tests.factories.facilitators import LENS, ROUBAIX, structure

DAY = date(2026, 11, 1)
BUYER = "215905126"
K = StructureKind


def test_convention_wins_over_programme_and_desk_of_the_place():
    resolver = FacilitatorResolver(
        [structure(1, "epci:200093201"), structure(2, "departement:59"), structure(3, "commune:59512")],
        conventions=[(2, BUYER, date(2026, 1, 1), None, False)],
        programme_desks=[("anru", 1, "epci", "200093201")],
    )
    answer = resolver.resolve([ROUBAIX], on=DAY, buyer_siren=BUYER, programme="anru")
    order = [answer.primary.structure_id, *(item.structure_id for item in answer.alternatives)]
    assert order[:3] == [2, 1, 3]
    assert [answer.primary.step, answer.alternatives[0].step] == ["convention", "programme"]


def test_expired_convention_does_not_count():
    resolver = FacilitatorResolver(
        [structure(1, "departement:59"), structure(2, "commune:59512")],
        conventions=[(1, BUYER, date(2020, 1, 1), date(2025, 12, 31), False)],
    )
    assert resolver.resolve([ROUBAIX], on=DAY, buyer_siren=BUYER).primary.structure_id == 2


def test_commune_desk_comes_before_epci_before_departement():
    resolver = FacilitatorResolver(
        [structure(1, "departement:59"), structure(2, "epci:200093201"), structure(3, "commune:59512")]
    )
    answer = resolver.resolve([ROUBAIX], on=DAY)
    assert [answer.primary.structure_id, *(a.structure_id for a in answer.alternatives)][:3] == [3, 2, 1]
    assert "Métropole Européenne de Lille" in answer.alternatives[0].reason


def test_a_neighbour_is_never_named():
    resolver = FacilitatorResolver([structure(1, "epci:246200364"), structure(2, "departement:62")])
    answer = resolver.resolve([ROUBAIX], on=DAY)
    assert answer.is_reasoned_fallback
    assert all(item.structure_id is None for item in (answer.primary, *answer.alternatives))


def test_without_any_structure_the_fallbacks_follow_the_guide():
    answer = FacilitatorResolver([]).resolve([ROUBAIX], on=DAY)
    kinds = [answer.primary.kind, *(item.kind for item in answer.alternatives)]
    assert kinds[:6] == [K.MDE, K.PLIE, K.MISSION_LOCALE, K.SIAE_NETWORK, K.CREPI, K.CONSULTANCY]
    assert all(item.reason and item.ask and item.call for item in (answer.primary, *answer.alternatives))


def test_a_known_fallback_comes_before_general_advice_and_prescribers_last():
    resolver = FacilitatorResolver(
        [
            structure(1, "epci:200093201", K.FRANCE_TRAVAIL, has_desk=False),
            structure(2, "epci:200093201", K.MISSION_LOCALE, has_desk=False, is_assumed=True),
        ]
    )
    answer = resolver.resolve([ROUBAIX], on=DAY)
    assert answer.primary.structure_id == 2
    assert "déduit de son siège" in answer.primary.reason
    positions = [item.structure_id for item in answer.alternatives]
    assert positions.index(1) > [item.kind for item in answer.alternatives].index(K.CONSULTANCY)


def test_private_buyer_meets_the_company_clubs_first():
    resolver = FacilitatorResolver(
        [
            structure(1, "epci:200093201"),
            structure(2, "region:32", K.CREPI, has_desk=False),
            structure(3, "departement:59", private_clients=True),
        ]
    )
    answer = resolver.resolve([ROUBAIX], on=DAY, buyer_side="private")
    assert [answer.primary.structure_id, answer.alternatives[0].structure_id] == [2, 3]
    public_desk = next(item for item in answer.alternatives if item.structure_id == 1)
    assert "d’abord les acheteurs publics" in public_desk.reason


def test_operation_over_two_territories_has_one_lead():
    resolver = FacilitatorResolver(
        [structure(1, "epci:200093201"), structure(2, "departement:62"), structure(3, "region:32")]
    )
    answer = resolver.resolve([ROUBAIX, LENS], on=DAY)
    assert (answer.primary.step, answer.primary.structure_id) == ("chef_de_file", 3)
    assert [referral.structure_id for _, referral in answer.by_territory] == [1, 2]


def test_demonstration_desks_leave_with_the_first_real_desk():
    demo = structure(1, "departement:59", is_demo=True)
    assert FacilitatorResolver([demo]).resolve([ROUBAIX], on=DAY).primary.is_demo
    with_real = FacilitatorResolver([demo, structure(2, "departement:62")])
    assert not with_real.resolve([ROUBAIX], on=DAY).primary.is_known


def test_real_prescribers_hold_no_desk_and_leave_the_demonstration_desks():
    demo = structure(1, "departement:59", is_demo=True)
    real = [
        structure(2, "departement:59", K.CAP_EMPLOI, has_desk=False),
        structure(3, "epci:200093201", K.PLIE, has_desk=False, is_assumed=True),
    ]
    answer = FacilitatorResolver([demo, *real]).resolve([ROUBAIX], on=DAY)
    assert (answer.primary.structure_id, answer.primary.is_demo) == (1, True)
    assert {2, 3} <= {item.structure_id for item in answer.alternatives}


def test_schools_of_the_young_are_named_last_where_they_are_and_never_looked_for():
    desk = structure(1, "departement:59")
    schools = [
        structure(2, "departement:59", K.E2C, has_desk=False),
        structure(3, "epci:200093201", K.EPIDE, has_desk=False),
    ]
    answer = FacilitatorResolver([desk, *schools]).resolve([ROUBAIX], on=DAY)
    assert [item.structure_id for item in answer.alternatives][-2:] == [2, 3]
    without = FacilitatorResolver([desk]).resolve([ROUBAIX], on=DAY)
    assert not {"e2c", "epide"} & {item.kind for item in without.alternatives}


def test_demonstration_clubs_leave_with_the_first_real_club_only():
    club = structure(1, "region:32", K.FACE, has_desk=False, is_demo=True)
    with_desk = FacilitatorResolver([club, structure(2, "departement:59")])
    assert 1 in {item.structure_id for item in with_desk.resolve([ROUBAIX], on=DAY).alternatives}
    with_club = FacilitatorResolver([club, structure(2, "region:84", K.CREPI, has_desk=False)])
    found = with_club.resolve([ROUBAIX], on=DAY)
    assert 1 not in {item.structure_id for item in (found.primary, *found.alternatives)}


def test_a_lead_agreed_elsewhere_gives_way_to_the_lead_of_these_territories():
    resolver = FacilitatorResolver(
        [structure(1, "region:84"), structure(2, "region:32")],
        conventions=[(1, BUYER, date(2026, 1, 1), None, True), (2, BUYER, date(2026, 1, 1), None, True)],
    )
    answer = resolver.resolve([ROUBAIX, LENS], on=DAY, buyer_siren=BUYER)
    assert (answer.primary.step, answer.primary.structure_id) == ("chef_de_file", 2)


def test_silence_is_escalated_to_the_region_not_to_a_neighbour():
    resolver = FacilitatorResolver(
        [
            structure(1, "epci:200093201"),
            structure(2, "region:32", name="Animation régionale des Hauts-de-France"),
        ]
    )
    escalation = resolver.resolve([ROUBAIX], on=DAY).escalation
    assert "Animation régionale des Hauts-de-France" in escalation
    assert "voisin ne prend pas le relais" in escalation


def test_unknown_place_still_gets_an_answer():
    assert FacilitatorResolver([]).resolve([Territory()], on=DAY).primary.reason


def test_communes_of_one_epci_share_an_answer_but_not_a_communal_desk():
    neighbour = Territory("59599", "Tourcoing", "", *(getattr(ROUBAIX, n) for n in ROUBAIX.__slots__[3:]))
    resolver = FacilitatorResolver([structure(1, "epci:200093201"), structure(2, "commune:59512")])
    assert resolver.resolve([ROUBAIX], on=DAY).primary.structure_id == 2
    assert resolver.resolve([neighbour], on=DAY).primary.structure_id == 1
