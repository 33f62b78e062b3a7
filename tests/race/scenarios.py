"""The scenarios, each a small function: the requests of one instant, and the ones that may win.

Each scenario has its own doctor and each round its own day, so that the times around the wanted
one stay free. When one side has less work before it writes, the other side gets a lead that grows
from round to round, so that each side wins sometimes.
"""

from __future__ import annotations

import datetime as dt

from bookings.models import Appointment, Hold
from scheduling.models import DoctorAbsence, OpeningHours
from tests.race import journal
from tests.race.browser import Answer, FormRequest, at_once
from tests.race.checks import messages, overlaps
from tests.race.clinic import Agenda
from tests.race.scene import Scene, alternating, let_holds_expire, scenario

FIFTY = 50


@scenario("16 patients, one slot")
def one_slot(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        scene.one_wins(scene.race([person.books(agenda.half, start) for person in scene.sixteen]))
        scene.expect(
            len(agenda.visits(start)) == 1, f"{len(agenda.visits(start))} rows for one slot"
        )


@scenario("an hour against a quarter inside it")
def long_against_short(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    for n in range(scene.rounds):
        long = [person.books(agenda.hour, agenda.at(n, "10:00")) for person in scene.eight]
        short = [
            person.books(agenda.quarter, agenda.at(n, "10:15")) for person in scene.other_eight
        ]
        won = scene.one_wins(scene.race(alternating(long, short)))
        if won:
            scene.notes["hour" if won.request in long else "quarter"] += 1


@scenario("10:00-10:30 against 10:15-10:45, by the secretary")
def off_grid(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    for n in range(scene.rounds):
        books = scene.clinic.secretary.books
        early, late = (
            [books(person.patient, agenda.half, agenda.at(n, clock)) for person in people]
            for clock, people in (("10:00", scene.eight), ("10:15", scene.other_eight))
        )
        won = scene.one_wins(scene.race(alternating(early, late)))
        if won:
            scene.notes["10:00" if won.request in early else "10:15"] += 1


@scenario("overlapping visits one after the other, both orders")
def one_after_the_other(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    secretary, (first, second) = scene.clinic.secretary, scene.clinic.patients[:2]
    pairs = [
        ((agenda.hour, "10:00"), (agenda.quarter, "10:15")),
        ((agenda.half, "10:00"), (agenda.half, "10:15")),
    ]
    for n, pair in enumerate([*pairs, *(reversed(pair) for pair in pairs)]):
        wishes = [(consultation_type, agenda.at(n, clock)) for consultation_type, clock in pair]
        requests = [
            secretary.books(person.patient, *wish)
            for person, wish in zip((first, second), wishes, strict=True)
        ]
        answers = [scene.count(request.send()) for request in requests]
        scene.expect(scene.one_wins(answers) is answers[0], "the second one won")


@scenario("booking against moving there")
def book_against_move(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        clocks = [f"{13 + number // 2}:{number % 2 * 30:02d}" for number in range(8)]
        old = [agenda.at(n, clock) for clock in clocks]
        for person, own in zip(scene.eight, old, strict=True):
            scene.set_up(person.books(agenda.half, own))
        visits = {visit.patient_id: visit for visit in agenda.visits()}
        moves = [person.moves(visits[person.patient.pk], start) for person in scene.eight]
        books = [person.books(agenda.half, start) for person in scene.other_eight]
        won = scene.one_wins(scene.race(alternating(moves, books), later=moves, lead=n % 6))
        if won is None:
            continue
        moved = won.request in moves
        scene.notes["move" if moved else "booking"] += 1
        kept = Appointment.objects.live().of(agenda.doctor).filter(starts_at__in=old).count()
        scene.expect(kept == 8 - moved, f"{kept} of {8 - moved} kept their old time")


@scenario("undoing a cancellation against booking its time")
def undo_against_book(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    secretary, owner = scene.clinic.secretary, scene.clinic.patients[16]
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        scene.set_up(owner.books(agenda.half, start))
        (visit,) = agenda.visits(start)
        scene.set_up(secretary.cancels(visit.pk))
        undoes = [secretary.undoes(visit.pk) for _ in range(4)]
        books = [person.books(agenda.half, start) for person in scene.clinic.patients[:12]]
        answers = scene.race([*alternating(undoes, books[:4]), *books[4:]])
        won = [answer for answer in answers if answer.is_done]
        scene.expect(len(won) == 1, f"{len(won)} of undo and bookings won")
        scene.winners += len(won)
        scene.notes["undo" if won and won[0].request in undoes else "booking"] += 1
        lost = [answer for answer in answers if not answer.is_done]
        scene.refused(answer for answer in lost if answer.request in books)
        undone = [answer for answer in lost if answer.request in undoes]
        scene.refused(undone, with_times=False)
        scene.expect(len(agenda.visits(start)) == 1, "not one visit at that time")


@scenario("cancelling, undoing and booking in the same instant")
def cancel_undo_book(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    secretary, owner = scene.clinic.secretary, scene.clinic.patients[16]
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        scene.set_up(owner.books(agenda.half, start))
        (visit,) = agenda.visits(start)
        by_staff = [secretary.cancels(visit.pk), secretary.undoes(visit.pk)] * 4
        books = [person.books(agenda.half, start) for person in scene.eight]
        answers = scene.race(alternating(by_staff, books), later=books, lead=n % 6)
        booked = [each for each in answers if each.request in books and each.is_done]
        scene.expect(len(booked) <= 1, f"{len(booked)} bookings of one slot")
        scene.winners += len(booked)
        refused = [answer for answer in answers if not answer.is_done]
        scene.expect(all(each.status == 409 and each.reason for each in refused), "a refusal")
        visits = agenda.visits(start)
        scene.notes["cancelled" if not visits else "back" if visit in visits else "booked"] += 1
        scene.expect(len(visits) <= 1, "two live visits at that time")


@scenario("16 hold one slot, then confirm in time and too late")
def hold_and_confirm(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        online = [person.holds(agenda.half, start) for person in scene.eight]
        # Signed out, /book keeps the choice as a hold too (docs/contracts.md, C4).
        paths = ("/book", "/bookings/hold/")
        unknown = [
            visitor.holds(agenda.half, start, path=paths[number % 2])
            for number, visitor in enumerate(scene.visitors)
        ]
        answers = scene.race(alternating(online, unknown), later=unknown, lead=n % 6)
        holder = scene.one_wins(answers)
        scene.expect(len(agenda.holds(start)) == 1, f"{len(agenda.holds(start))} holds of one slot")
        if holder is None:
            continue
        mine = [each for each in scene.eight if each.browser is holder.request.browser]
        person = mine[0] if mine else None
        scene.notes["signed in" if person else "visitor"] += 1
        others = [each.books(agenda.half, start) for each in scene.eight if each is not person]
        if n % 2 and person:
            # The holder confirms twice in time, while the others try.
            clicks = [person.books(agenda.half, start) for _ in range(2)]
            answers = scene.race([*others, *clicks])
            scene.refused(answer for answer in answers if answer.request in others)
            gone = {answer.location for answer in answers if answer.request in clicks}
            scene.expect(len(gone) == 1 and "" not in gone, "two confirmations, not one page")
            scene.winners += 1
        else:
            scene.refused(scene.race(others))
            let_holds_expire()
            late = [person.books(agenda.half, start)] if person else []
            scene.one_wins(scene.race([*late, *others]))
        scene.expect(len(agenda.visits(start)) == 1, "not one visit at that time")


@scenario("holding against booking at once")
def hold_against_book(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        holds = [visitor.holds(agenda.half, start) for visitor in scene.visitors]
        books = [person.books(agenda.half, start) for person in scene.eight]
        won = scene.one_wins(scene.race(alternating(holds, books), later=holds, lead=n % 6))
        held, booked = len(agenda.holds(start)), len(agenda.visits(start))
        scene.expect(held + booked == 1, f"{held} holds and {booked} visits")
        if won:
            scene.notes["hold" if won.request in holds else "booking"] += 1


@scenario("one visitor, 16 clicks on the same slot")
def one_visitor_holds(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    person = scene.clinic.patients[17]
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        answers = scene.race([person.holds(agenda.half, start) for _ in range(16)])
        done = sum(answer.is_done for answer in answers)
        scene.expect(done == 16, f"{16 - done} of 16 clicks were refused their own time")
        scene.expect(len(agenda.holds(start)) == 1, f"{len(agenda.holds(start))} holds")
        scene.winners += 1


@scenario("one visitor, two doctors, held at once")
def one_visitor_two_doctors(scene: Scene) -> None:
    agendas = [scene.clinic.doctor() for _ in range(4)]
    for n in range(scene.rounds):
        clocks = {"09:00": 0, "11:00": 1, "13:00": 2, "15:00": 3}
        wishes = [
            scene.visitors[number].holds(agenda.half, agenda.at(n, clock))
            for clock, number in clocks.items()
            for agenda in agendas
        ]
        answers = scene.race(wishes)
        scene.expect(all(answer.is_done for answer in answers), "a choice was refused")
        scene.expect(Hold.objects.count() == 4, f"{Hold.objects.count()} holds of 4 visitors")
        scene.winners += 4


@scenario("one patient, 16 clicks on Confirm")
def double_click(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    person = scene.clinic.patients[17]
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        answers = scene.race([person.books(agenda.half, start) for _ in range(16)])
        scene.expect(all(answer.status == 303 for answer in answers), "a click was refused")
        pages = {answer.location for answer in answers}
        scene.expect(len(pages) == 1, f"{len(pages)} pages shown")
        visits = agenda.visits(start)
        scene.expect(len(visits) == 1, f"{len(visits)} rows")
        scene.expect(all(messages(each) == {"booked": 1} for each in visits), "not one message")
        scene.winners += len(visits)


@scenario("one person, two doctors, the same time")
def one_person_two_doctors(scene: Scene) -> None:
    here, there = scene.clinic.doctor(), scene.clinic.doctor()
    for n in range(scene.rounds):
        # Each person has another day, so that the times of a refusal stay free.
        days = [n * 8 + number for number in range(8)]
        wishes = [
            (
                person.books(here.half, here.at(day, "10:00")),
                person.books(there.hour, there.at(day, "10:00")),
            )
            for day, person in zip(days, scene.eight, strict=True)
        ]
        answers = scene.race([request for pair in wishes for request in pair])
        for pair in wishes:
            won = scene.one_wins([each for each in answers if each.request in pair])
            if won:
                scene.notes["first" if won.request is pair[0] else "second"] += 1
    scene.expect(not overlaps(of="patient"), "a person is at two doctors at once")


@scenario("16 walk-ins at once")
def walk_ins(scene: Scene) -> None:
    """Each round has a doctor of its own: a person has one number a day and doctor."""
    for n in range(scene.rounds):
        agenda = scene.clinic.doctor()
        known = [
            scene.clinic.secretary.adds_walk_in(
                agenda.doctor, agenda.half, patient=person.patient.pk
            )
            for person in scene.eight
        ]
        new = [
            scene.clinic.secretary.adds_walk_in(
                agenda.doctor,
                patient="new",
                first_name="Sans",
                last_name=f"Rendez-vous {n}-{number}",
                birth_date="1980-01-31",
                phone="06 12 34 56 78",
            )
            for number in range(8)
        ]
        answers = scene.race(alternating(known, new))
        scene.expect(all(answer.status == 303 for answer in answers), "a walk-in was refused")
        numbers = Appointment.objects.of(agenda.doctor).values_list("queue_number", flat=True)
        expected = set(range(1, 17))
        scene.expect(set(numbers) == expected, f"{len(set(numbers))} numbers of {len(expected)}")
        scene.winners += 16


@scenario("50 new walk-ins at once, by the waiting room's one field")
def fifty_walk_ins(scene: Scene) -> None:
    agenda = scene.clinic.doctor()
    answers = scene.race([adds_namesake(scene, agenda) for _ in range(FIFTY)])
    scene.expect(all(answer.status == 303 for answer in answers), "a walk-in was refused")
    visits = Appointment.objects.of(agenda.doctor).order_by("queue_number")
    numbers = list(visits.values_list("queue_number", flat=True))
    scene.expect(numbers == list(range(1, FIFTY + 1)), f"numbers {numbers}")
    scene.winners += len(numbers)


def adds_namesake(scene: Scene, agenda: Agenda) -> FormRequest:
    """The secretary's request for a walk-in; all walk-ins have the same name on purpose."""
    add = scene.clinic.secretary.asks
    return add("/dashboard/queue/add/", doctor=agenda.doctor.pk, q="Sans Rendez-vous", new="1")


# -- the agenda changes -------------------------------------------------------------------


def in_order(scene: Scene, won: list[Answer], what: str, pk: object) -> None:
    """Expect that each winner wrote before the change that closed the time."""
    change = journal.number(what, pk)
    scene.expect(change, f"no {what} was written")
    for answer in won:
        booking = journal.number("booking", answer.location.rstrip("/").rpartition("/")[2])
        scene.expect(0 < booking < change, f"booked after the {what} was there")
    scene.notes["booking first" if won else f"{what} first"] += 1


def expect_no_booking(scene: Scene, agenda: Agenda, start: dt.datetime, *statuses: int) -> None:
    """Expect that every booking after the answer to the change is refused."""
    late = at_once([person.books(agenda.half, start) for person in scene.clinic.patients[15:19]])
    scene.expect(not any(answer.is_done for answer in late), "booked after the answer")
    scene.refused([scene.count(answer) for answer in late], *statuses)


@scenario("booking against a new absence")
def book_against_absence(scene: Scene) -> None:
    agenda, admin = scene.clinic.doctor(), scene.clinic.admin
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        absence = admin.adds_absence(agenda.doctor, start, agenda.at(n, "10:30"))
        books = [person.books(agenda.half, start) for person in scene.clinic.patients[:15]]
        answers = scene.race([*books[:7], absence, *books[7:]])
        (saved,) = (answer for answer in answers if answer.request is absence)
        scene.expect(saved.status == 302, f"the absence was answered {saved.status}")
        won = [each for each in answers if each.request in books and each.is_done]
        scene.expect(len(won) <= 1, f"{len(won)} of one slot won")
        scene.winners += len(won)
        scene.refused(each for each in answers if not each.is_done)
        row = DoctorAbsence.objects.filter(doctor=agenda.doctor).latest("pk")
        in_order(scene, won, "absence", row.pk)
        expect_affected_named(scene, saved, won)
        expect_no_booking(scene, agenda, start, 409)


def expect_affected_named(scene: Scene, saved: Answer, won: list[Answer]) -> None:
    """Expect that the page after saving links to each affected visit."""
    page = scene.clinic.admin.sees_after(saved)
    for answer in won:
        pk = answer.location.rstrip("/").rpartition("/")[2]
        scene.expect(
            f"/admin/bookings/appointment/{pk}/change/" in page, "an affected visit is not named"
        )


@scenario("booking against other hours")
def book_against_hours(scene: Scene) -> None:
    agenda, admin = scene.clinic.doctor_with_dated_hours(scene.rounds), scene.clinic.admin
    for n in range(scene.rounds):
        start = agenda.at(n, "10:00")
        row = OpeningHours.objects.get(doctor=agenda.doctor, valid_from=agenda.date(n))
        change = admin.changes_hours(row, opens="08:00", closes="10:00")
        books = [person.books(agenda.half, start) for person in scene.clinic.patients[:15]]
        answers = scene.race([*books[:7], change, *books[7:]])
        (saved,) = (answer for answer in answers if answer.request is change)
        scene.expect(saved.status == 302, f"the hours were answered {saved.status}")
        won = [each for each in answers if each.request in books and each.is_done]
        scene.expect(len(won) <= 1, f"{len(won)} of one slot won")
        scene.winners += len(won)
        lost = [each for each in answers if not each.is_done]
        scene.expect(all(each.status in (409, 422) and each.reason for each in lost), "a refusal")
        in_order(scene, won, "hours", row.pk)
        expect_affected_named(scene, saved, won)
        expect_no_booking(scene, agenda, start, 409, 422)


@scenario("booking and walk-ins against retiring the type")
def book_against_retirement(scene: Scene) -> None:
    clinic = scene.clinic
    for n in range(scene.rounds):
        agenda = clinic.doctor()
        consultation_type = agenda.new_type(30)
        retire = clinic.admin.retires(consultation_type)
        clocks = [f"{9 + number}:00" for number in range(10)]
        books = [
            person.books(consultation_type, agenda.at(n, clock))
            for person, clock in zip(clinic.patients, clocks, strict=False)
        ]
        walk_ins = [
            clinic.secretary.adds_walk_in(
                agenda.doctor, consultation_type, patient=person.patient.pk
            )
            for person in clinic.patients[10:15]
        ]
        everyone = [*books[:5], *walk_ins[:2], retire, *walk_ins[2:], *books[5:]]
        answers = scene.race(everyone, later=[*books, *walk_ins], lead=n % 6)
        (saved,) = (answer for answer in answers if answer.request is retire)
        scene.expect(saved.status == 302, f"the retirement was answered {saved.status}")
        won = [each for each in answers if each.request is not retire and each.is_done]
        scene.winners += len(won)
        lost = [each for each in answers if not each.is_done]
        scene.expect(all(each.status == 422 for each in lost), "a refusal that is no 422")
        scene.expect(not any(each.times_offered for each in lost), "offers a retired type's times")
        in_order(scene, won, "type", consultation_type.pk)
        late = clinic.patients[18].books(consultation_type, agenda.at(n, "19:00")).send()
        scene.expect(scene.count(late).status == 422, f"{late.status} for a retired type")
