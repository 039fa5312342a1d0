from django.urls import path

from geo import tile_views
from inventory import converters  # noqa: F401 - knows <register:register>

urlpatterns = [
    path("tiles/<int:z>/<int:x>/<int:y>.mvt", tile_views.tile_of_all, name="tile-of-all"),
    path("<register:register>/tiles/<int:z>/<int:x>/<int:y>.mvt", tile_views.tile, name="register-tile"),
]
