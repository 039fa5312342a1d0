"""What `manage.py check` says before a page can fail: browser libraries and icons that are not there."""

from django.conf import settings
from django.core.checks import Error, register

from inventory import registers
from inventory.templatetags import icons


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
