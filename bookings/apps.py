from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Appointments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import bookings.checks
        import bookings.messages.provider
        import bookings.messages.refusals
        import bookings.monitoring
        import bookings.services.first_times  # noqa: F401 (these connect their receivers)
        from bookings.messages.schedules import write_schedules_after_migrate

        post_migrate.connect(write_schedules_after_migrate, sender=self)
