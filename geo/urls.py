from django.urls import URLPattern, path

from geo import audit_views, map_views, ogc, outline_views, place_views, tile_views
from inventory.pages import converters  # noqa: F401 - knows <register:register>


def _layer(address: str) -> list[URLPattern]:
    return [
        path(address, ogc.collection, name="features-collection"),
        path(f"{address}/schema", ogc.schema, name="features-schema"),
        path(f"{address}/queryables", ogc.queryables, name="features-queryables"),
        path(f"{address}/items", ogc.items, name="features-items"),
        path(f"{address}/items/<int:pk>", ogc.item, name="features-item"),
    ]


urlpatterns = [
    path("ogc/", ogc.landing, name="features"),
    path("ogc/api", ogc.api, name="features-api"),
    path("ogc/conformance", ogc.conformance, name="features-conformance"),
    path("ogc/collections", ogc.collections, name="features-collections"),
    *_layer("ogc/collections/<register:register>"),
    *_layer("ogc/collections/<register:register>.<shape:shape>"),
    path("ogc/<path:_rest>", ogc.unknown, name="features-unknown"),
    path("map/audit/", audit_views.audit, name="map-audit"),
    path("map/audit/<slug:topic>/", audit_views.topic, name="map-audit-topic"),
    path("locations/geocode/", place_views.geocode, name="geocode"),
    path("locations/<int:pk>/merge/", place_views.merge, name="merge-locations"),
    path("tiles/<int:z>/<int:x>/<int:y>.mvt", tile_views.tile_of_all, name="tile-of-all"),
    path("<register:register>/tiles/<int:z>/<int:x>/<int:y>.mvt", tile_views.tile, name="register-tile"),
    path("map/", map_views.map_of_all, name="map"),
    path("map/places.json", map_views.places, name="map-places"),
    path("map/settings.json", map_views.map_settings, name="map-settings"),
    path("locations/<int:pk>/outline/", outline_views.outline, name="location-outline"),
    path("locations/<int:pk>/shape.json", map_views.shape, name="location-shape"),
    path("<register:register>/map/", map_views.register_map, name="register-map"),
    path("<register:register>/map/about/", map_views.about, name="register-map-about"),
    path("<register:register>/map/place/<int:pk>/", map_views.place, name="map-place"),
    path("<register:register>/<int:pk>/card/", map_views.card, name="register-card"),
]
