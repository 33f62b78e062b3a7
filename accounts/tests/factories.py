"""People for tests; each factory builds the smallest valid object."""

import factory
from allauth.account.models import EmailAddress

from accounts.models import Patient, User

PASSWORD = "testpass123"


class EmailAddressFactory(factory.django.DjangoModelFactory):
    """A confirmed address: the account's own."""

    class Meta:
        model = EmailAddress

    user = factory.SubFactory("accounts.tests.factories.UserFactory")
    email = factory.SelfAttribute("user.email")
    primary = True
    verified = True


class UserFactory(factory.django.DjangoModelFactory):
    """An account without persons; `with_verified_email=True` confirms its e-mail."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        with_verified_email = factory.Trait(
            email_address=factory.RelatedFactory(EmailAddressFactory, "user")
        )

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password(PASSWORD)
    first_name = "Nadia"
    last_name = "Benali"
    role = User.Role.PATIENT


class DoctorUserFactory(UserFactory):
    """The account of a doctor; `doctors.tests.factories.DoctorFactory` makes the agenda."""

    username = factory.Sequence(lambda n: f"doctor{n}")
    first_name = "John"
    last_name = "Smith"
    role = User.Role.DOCTOR


class SecretaryUserFactory(UserFactory):
    """The account of a secretary who does not work at any practice yet; see `MembershipFactory`."""

    username = factory.Sequence(lambda n: f"secretary{n}")
    role = User.Role.SECRETARY


class AdminFactory(UserFactory):
    username = factory.Sequence(lambda n: f"admin{n}")
    is_staff = True
    is_superuser = True


class PatientFactory(factory.django.DjangoModelFactory):
    """A person with an account; `account=None` for a person whom the desk added."""

    class Meta:
        model = Patient

    account = factory.SubFactory(UserFactory)
    relation = Patient.Relation.SELF
    first_name = "Nadia"
    last_name = "Benali"


class RelativeFactory(PatientFactory):
    """A child of the account's owner; the owner need not exist as a person."""

    relation = Patient.Relation.CHILD
    first_name = "Lina"
