"""The language of a page."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def chosen_language(get_response):
    """Middleware: the site's language until the user chooses another on the page.

    Django's own would follow the browser, and most office computers ask for English without anybody
    having meant it.
    """
    known = dict(settings.LANGUAGES)

    def respond(request: HttpRequest):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        translation.activate(chosen if chosen in known else settings.SITE_LANGUAGE)
        request.LANGUAGE_CODE = translation.get_language()
        response = get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response

    return respond
