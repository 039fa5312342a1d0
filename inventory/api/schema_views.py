from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.response import Response

from inventory.api.views import Api


class Schema(Api):
    """OpenAPI, of the registers that who asks may see."""

    schema = None

    def get(self, request) -> Response:
        from inventory.api.schema import Generator  # drf-spectacular is 5 MB that a web process seldom needs

        return Response(Generator().get_schema(request=request, public=False))


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The schema to read and to try out, as whoever is logged in."""
    return render(request, "api/docs.html")
