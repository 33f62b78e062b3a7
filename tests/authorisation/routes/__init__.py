"""Every route of the site outside the admin, by area."""

from tests.authorisation.routes import (
    accounts,
    desk,
    patients,
    practice,
    programs,
    public,
    visits,
    waiting_room,
)
from tests.authorisation.table import Route

ROUTES: dict[str, Route] = {
    **public.ROUTES,
    **visits.ROUTES,
    **desk.ROUTES,
    **waiting_room.ROUTES,
    **patients.ROUTES,
    **practice.ROUTES,
    **accounts.ROUTES,
    **programs.ROUTES,
}
