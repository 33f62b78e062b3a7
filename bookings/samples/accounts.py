"""The sample accounts: `patient`, `secretaire`, `admin`, and as many patients as wanted.

These patients have no visits and no no-shows, so that they can book like a new patient.
"""

from __future__ import annotations

import datetime as dt

from allauth.account.models import EmailAddress

from accounts.models import Patient, User
from bookings.samples.chance import Chance
from bookings.samples.names import Name, draw_name
from bookings.samples.places import FICTION
from doctors.models import Doctor, Membership

PASSWORD = "testpass123"
DOMAIN = "exemple.test"

NADIA = Name("Nadia", "Berrada", True)


class SignIns:
    """Writes accounts in bulk, with one password that is hashed once and with unique names."""

    def __init__(self, password_hash: str) -> None:
        self.password_hash = password_hash
        self.usernames = set(User.objects.values_list("username", flat=True))
        taken = User.objects.filter(email__iendswith=f"@{DOMAIN}").values_list("email", flat=True)
        self.emails = {email.lower() for email in taken}

    def exists(self, username: str) -> bool:
        return username in self.usernames

    def free_username(self, wanted: str) -> str:
        username, number = wanted, 1
        while username in self.usernames:
            number += 1
            username = f"{wanted}{number}"
        return username

    def user(self, username: str, name: Name, role: str, **fields: bool) -> User:
        """An unsaved account; its user name counts as taken from now on."""
        self.usernames.add(username)
        email = f"{username}@{DOMAIN}"
        return User(
            username=username,
            email="" if email in self.emails else email,
            first_name=name.first,
            last_name=name.last,
            role=role,
            password=self.password_hash,
            **fields,
        )

    @staticmethod
    def write(users: list[User]) -> None:
        """Save the accounts, with their e-mail addresses verified."""
        User.objects.bulk_create(users)
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True)
            for user in users
            if user.email
        )


def write_sample_accounts(sign_ins: SignIns, *, patients: int, seed: int) -> None:
    """Write the sample accounts that do not exist yet. Call it inside a transaction."""
    users, persons = [], []
    if not sign_ins.exists("admin"):
        name = Name("Inès", "Laurent", True)
        users.append(
            sign_ins.user("admin", name, User.Role.PATIENT, is_staff=True, is_superuser=True)
        )
    if not sign_ins.exists("secretaire"):
        users.append(
            sign_ins.user("secretaire", Name("Claire", "Morel", True), User.Role.SECRETARY)
        )
    if not sign_ins.exists("patient"):
        user = sign_ins.user("patient", NADIA, User.Role.PATIENT)
        users.append(user)
        phone = FICTION[0].number(1042)
        persons += [
            _person(user, NADIA, dt.date(1988, 3, 14), phone),
            _person(
                user,
                Name("Adam", "Berrada", False),
                dt.date(2019, 6, 2),
                phone,
                Patient.Relation.CHILD,
            ),
        ]
    for number in range(1, patients + 1):
        username = f"patient{number}"
        if sign_ins.exists(username):
            continue
        chance = Chance(seed, "patient", number)
        name = draw_name(chance, chance.choice(("FR", "MA", "BE")), is_woman=chance.happens(0.5))
        birth = dt.date(1940, 1, 1) + dt.timedelta(days=chance.randrange(24_000))
        users.append(sign_ins.user(username, name, User.Role.PATIENT))
        phone = chance.choice(FICTION).number(number)
        persons.append(_person(users[-1], name, birth, phone))
    sign_ins.write(users)
    Patient.objects.bulk_create(persons)


def give_secretary_a_desk() -> None:
    """Make `secretaire` work at the practice of dr_smith, if they never had a membership.

    A membership that a user ended is not restored.
    """
    secretary = User.objects.filter(username="secretaire", role=User.Role.SECRETARY).first()
    smith = Doctor.objects.filter(user__username="dr_smith").first()
    if secretary and smith and not secretary.memberships.exists():
        Membership.objects.create(user=secretary, practice=smith.practice)


def _person(
    user: User,
    name: Name,
    birth_date: dt.date,
    phone: str,
    relation: str = Patient.Relation.SELF,
) -> Patient:
    return Patient(
        account=user,
        relation=relation,
        first_name=name.first,
        last_name=name.last,
        birth_date=birth_date,
        phone=phone,
    )
