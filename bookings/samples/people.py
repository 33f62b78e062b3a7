"""The patients of one practice, made one visit at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from accounts.models import Patient
from bookings.samples.chance import Chance
from bookings.samples.names import draw_name
from bookings.samples.places import Country

AGES = {"all": (16, 84), "adult": (18, 80), "senior": (45, 90), "woman": (18, 72), "child": (0, 15)}
RETURNING = 0.8
TRIES = 4


@dataclass(eq=False, slots=True)
class Account:
    """The account of a family; `user_id` is set when it is written."""

    first_name: str
    last_name: str
    user_id: int | None = None


@dataclass(eq=False, slots=True)
class SamplePerson:
    """A patient; `days` are the days of their visits, `patient_id` is set when it is written."""

    first_name: str
    last_name: str
    is_woman: bool
    birth_date: dt.date
    phone: str
    relation: str = Patient.Relation.SELF
    account: Account | None = None
    days: set[dt.date] = field(default_factory=set)
    patient_id: int = 0


class Crowd:
    """Patients that the desk added, and some families with an account.

    Nobody has two visits on one day, so nobody is in two places at once.
    """

    def __init__(self, country: Country, first_day: dt.date, today: dt.date, chance: Chance):
        self.country, self.first_day, self.today, self.chance = country, first_day, today, chance
        self.people: dict[str, list[SamplePerson]] = {audience: [] for audience in AGES}
        self.online: dict[str, list[SamplePerson]] = {audience: [] for audience in AGES}
        self.unreliable: dict[str, list[SamplePerson]] = {audience: [] for audience in AGES}
        self.new: list[SamplePerson] = []

    def take_new(self) -> list[SamplePerson]:
        """The people made since the last call; the account's owner is first in each family."""
        people, self.new = self.new, []
        return people

    def pick(
        self,
        day: dt.date,
        audience: str,
        *,
        online: bool = False,
        among: list[SamplePerson] | None = None,
        is_no_show: bool = False,
    ) -> SamplePerson:
        """A person without a visit on `day`: of `among`, else of the practice, else a new one.

        With `online`, a person with an account. Most no-shows are visits of a few people.
        """
        if audience == "all" and self.chance.happens(0.3):
            audience = "child"
        known = (self.online if online else self.people)[audience]
        pools = [among or [], known if self.chance.happens(RETURNING) else []]
        is_unreliable = is_no_show and not online and self.chance.happens(0.7)
        if is_unreliable:
            pools = [self.unreliable[audience]]
        for pool in pools:
            for _try in range(TRIES if pool else 0):
                person = self.chance.choice(pool)
                if day not in person.days and (person.account is not None or not online):
                    person.days.add(day)
                    return person
        person = self._family(audience) if online else self._add(self._person(audience), audience)
        if is_unreliable:
            self.unreliable[audience].append(person)
        person.days.add(day)
        return person

    def _family(self, audience: str) -> SamplePerson:
        """Add an account, its owner, and sometimes a child or partner; return the patient."""
        head_audience = "adult" if audience == "child" else audience
        head = self._person(head_audience)
        head.account = Account(head.first_name, head.last_name)
        self._add(head, head_audience)
        child = None
        if audience == "child" or self.chance.happens(0.3):
            child = self._relative(head, Patient.Relation.CHILD, "child")
        if self.chance.happens(0.2):
            self._relative(head, Patient.Relation.PARTNER, "adult")
        return child if child and audience == "child" else head

    def _relative(self, head: SamplePerson, relation: str, audience: str) -> SamplePerson:
        relative = self._person(audience, last=head.last_name)
        relative.account, relative.relation, relative.phone = head.account, relation, head.phone
        return self._add(relative, audience)

    def _add(self, person: SamplePerson, audience: str) -> SamplePerson:
        self.people[audience].append(person)
        if person.account is not None:
            self.online[audience].append(person)
        self.new.append(person)
        return person

    def _person(self, audience: str, *, last: str = "") -> SamplePerson:
        chance = self.chance
        is_woman = audience == "woman" or chance.happens(0.54)
        name = draw_name(chance, self.country.code, is_woman=is_woman, last=last)
        youngest, oldest = AGES[audience]
        # Nobody has a visit before their birth, even in a long past.
        born_by = min(self.today - dt.timedelta(days=365 * youngest), self.first_day)
        born_from = self.today - dt.timedelta(days=365 * oldest + 300)
        days = max((born_by - born_from).days, 1)
        phones = chance.choice(self.country.phones)
        return SamplePerson(
            first_name=name.first,
            last_name=name.last,
            is_woman=is_woman,
            birth_date=born_by - dt.timedelta(days=chance.randrange(1, days + 1)),
            phone=phones.number(chance.randrange(10**phones.digits)),
        )
