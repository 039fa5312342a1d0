from django import template

from inventory.server import heartbeat

register = template.Library()


@register.inclusion_tag("operations/_no_worker.html")
def no_worker(waits: bool) -> dict[str, bool]:
    """Says so when something waits and no worker lives to take it."""
    return {"is_alone": bool(waits) and not heartbeat.alive()}
