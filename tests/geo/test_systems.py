"""Which system coordinates are in, by the places that they lead to."""

import numpy as np
import pytest
from pyproj import CRS

from geo import shapes, systems

pytestmark = pytest.mark.once

# A parcel's corner, and where it stands in every system.
LON, LAT = 29.9187, 40.7654


def coordinates(epsg: int) -> tuple[float, float]:
    return shapes.transformer(shapes.WGS84, epsg).transform(LON, LAT)


@pytest.mark.parametrize("epsg", [4326, 5254, 32635, 32636, 3857])
@pytest.mark.parametrize("swapped", [False, True])
def test_numbers_show_their_system_and_order(epsg, swapped):
    x, y = reversed(coordinates(epsg)) if swapped else coordinates(epsg)
    found = systems.settle([x], [y], None)
    assert (found.crs.to_epsg(), found.swapped) == (epsg, swapped)
    assert ("yer değiştirmiş" in found.note) == swapped
    lon, lat = found.points(np.array([x]), np.array([y]))
    assert (lon[0], lat[0]) == pytest.approx((LON, LAT), abs=1e-8)


def test_the_old_system_looks_like_the_new_one_and_the_note_says_so():
    found = systems.settle(*([value] for value in coordinates(2320)), None)
    assert found.crs.to_epsg() == 5254
    assert "ED50" in found.note and "190 m" in found.note


def test_a_file_that_tells_its_system_is_believed():
    found = systems.settle(*([value] for value in coordinates(2320)), "EPSG:2320")
    assert (found.crs.to_epsg(), found.swapped, found.note) == (2320, False, "")


def test_a_file_that_tells_its_system_may_still_have_its_axes_swapped():
    found = systems.settle([LAT], [LON], "EPSG:4326")
    assert found.swapped and "yer değiştirmiş" in found.note


def test_degrees_elsewhere_are_degrees_and_metres_elsewhere_are_asked_about():
    assert systems.settle([13.4], [52.5], None).crs.to_epsg() == 4326
    with pytest.raises(systems.UnknownSystem, match="seçiniz"):
        systems.settle([1_000], [2_000], None)
    with pytest.raises(systems.UnknownSystem, match="tanınmıyor"):
        systems.settle([1], [2], "no such system")


def test_a_point_outside_tells_its_likely_cause():
    degrees = systems.System(CRS.from_epsg(4326))
    assert "yer değiştirmiş" in systems.likely_cause(LAT, LON, degrees)
    assert "TUREF" in systems.likely_cause(*coordinates(5254), degrees)
    assert systems.likely_cause(13.4, 52.5, degrees) == ""
