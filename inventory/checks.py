"""What `manage.py check` says before a page can fail: registers without scope that a constraint does not know, browser
libraries and icons that are not there."""

from django.conf import settings
from django.core.checks import Error, register

from inventory import registers
from inventory.organization.models import MUNICIPAL
from inventory.templatetags import icons


@register()
def municipal_registers(app_configs, **kwargs) -> list[Error]:
    """A constraint of the database names the registers without a unit; a new one wants a migration."""
    without = {each.slug for each in registers.every() if each.scope is None and not each.belongs_to}
    if without == set(MUNICIPAL):
        return []
    message = f"MUNICIPAL names {sorted(MUNICIPAL)}, but the registers without scope are {sorted(without)}."
    return [Error(message, hint="Change inventory/organization/models.py, makemigrations.", id="inventory.E003")]


@register()
def browser_libraries(app_configs, **kwargs) -> list[Error]:
    """The pages need what `npm ci` installs; nothing is fetched from elsewhere when they are opened."""
    if not icons.FOLDER.is_dir():
        return [
            Error(
                f"{settings.NODE_MODULES} lacks the browser libraries.",
                hint="Run make setup.",
                id="inventory.E001",
            )
        ]
    return [
        Error(
            f"register {each.slug!r}: there is no icon {each.icon!r}.",
            hint="Choose a name from node_modules/@tabler/icons/icons/outline.",
            id="inventory.E002",
        )
        for each in registers.every()
        if not icons.exists(each.icon)
    ]
