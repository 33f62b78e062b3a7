"""People for tests; each factory builds the least valid object."""

import factory
from allauth.account.models import EmailAddress

from accounts.models import Patient, User

PASSWORD = "testpass123"


class EmailAddressFactory(factory.django.DjangoModelFactory):
    """A verified address, the account's own."""

    class Meta:
        model = EmailAddress

    user = factory.SubFactory("accounts.tests.factories.UserFactory")
    email = factory.SelfAttribute("user.email")
    primary = True
    verified = True


class UserFactory(factory.django.DjangoModelFactory):
    """An account without persons; `with_verified_email=True` when the e-mail was confirmed."""

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
    """The account of a doctor; the agenda is `doctors.tests.factories.DoctorFactory`."""

    username = factory.Sequence(lambda n: f"doctor{n}")
    first_name = "John"
    last_name = "Smith"
    role = User.Role.DOCTOR


class SecretaryUserFactory(UserFactory):
    """The account of a secretary who works nowhere yet: see `MembershipFactory`."""

    username = factory.Sequence(lambda n: f"secretary{n}")
    role = User.Role.SECRETARY


class AdminFactory(UserFactory):
    username = factory.Sequence(lambda n: f"admin{n}")
    is_staff = True
    is_superuser = True


class PatientFactory(factory.django.DjangoModelFactory):
    """A person with an account of their own; `account=None` for one the desk created."""

    class Meta:
        model = Patient

    account = factory.SubFactory(UserFactory)
    relation = Patient.Relation.SELF
    first_name = "Nadia"
    last_name = "Benali"


class RelativeFactory(PatientFactory):
    """A child of the account's owner, who need not exist as a person."""

    relation = Patient.Relation.CHILD
    first_name = "Lina"
