"""The reference of `tiles`: the same points as PostGIS has them, and a bare view of this application that serves
its tiles, so that both pay for the session and the account."""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpResponse
from django.urls import include, path
from django.views.decorators.gzip import gzip_page

from inventory import access, registers

PREPARE = (
    "CREATE EXTENSION IF NOT EXISTS postgis",
    "CREATE TABLE bench_points AS SELECT e.id, e.make || ' ' || e.model || ' (' || e.inventory_no || ')' AS label,"
    " e.kind_id AS kind, e.responsible_unit_id AS unit, e.status, e.location_id AS location,"
    " ST_Transform(ST_SetSRID(ST_MakePoint(l.lon, l.lat), 4326), 3857) AS place"
    " FROM equipment_equipment e JOIN geo_location l ON l.id = e.location_id",
    "CREATE INDEX ON bench_points USING gist (place)",
    "VACUUM ANALYZE bench_points",
)
QUERY = (
    "SELECT ST_AsMVT(t, 'equipment', 4096, 'at', 'id') FROM (SELECT id, label, kind, unit, status, location,"
    " 1 AS number, ST_AsMVTGeom(place, ST_TileEnvelope(%s, %s, %s)) AS at FROM bench_points"
    " WHERE place && ST_TileEnvelope(%s, %s, %s)) t"
)


def prepare() -> bool:
    """Lay the points out for PostGIS; False where it is not installed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")
        if not cursor.fetchone()[0]:
            return False
        for statement in PREPARE:
            cursor.execute(statement)
    return True


def tile(place: tuple[int, int, int]) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(QUERY, (*place, *place))
        return bytes(cursor.fetchone()[0])


def answer(request, z: int, x: int, y: int):
    if not access.may_see(registers.get("equipment"), request.user):
        raise Http404
    made = HttpResponse(tile((z, x, y)), content_type="application/vnd.mapbox-vector-tile")
    return gzip_page(lambda _request: made)(request)


urlpatterns = [path("postgis/<int:z>/<int:x>/<int:y>.mvt", answer), path("", include("config.urls"))]
