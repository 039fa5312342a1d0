import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, F, Q

from inventory import registers
from inventory.assets.vehicles.models import Inspection, Vehicle
from inventory.sameness import conditions
from tests.rows import row, unit

CONSTRAINTS = [
    pytest.param(register, constraint, id=constraint.name)
    for register in registers.every()
    for constraint in register.model._meta.constraints
    if getattr(constraint, "condition", None) is not None and not register.stewards_only
]


@pytest.mark.django_db
@pytest.mark.parametrize(("register", "constraint"), CONSTRAINTS)
def test_every_constraints_condition_is_judged_as_the_database_judges_it(register, constraint):
    here = unit("Park ve Bahçeler Dairesi Başkanlığı")
    full, bare = row(register, here), row(register, here)
    for name in set(conditions.named(constraint.condition)):
        field = register.model._meta.get_field(name)
        if field.blank and (field.null or field.empty_strings_allowed):
            setattr(bare, field.attname, None if field.null else "")
    try:
        with transaction.atomic():
            bare.save()
    except IntegrityError:
        # The database refuses such a row, and so do we.
        assert any(conditions.holds(c.condition, bare) is False for c in _checks(register))
        bare = full
    meets = set(register.model.objects.filter(constraint.condition).values_list("pk", flat=True))
    for each in (full, bare):
        assert (conditions.holds(constraint.condition, each) is True) == (each.pk in meets)


def _checks(register):
    return [c for c in register.model._meta.constraints if isinstance(c, CheckConstraint)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Q(valid_until__gte=F("done_on")), False),
        (~Q(valid_until__gte=F("done_on")), True),
        (Q(valid_until__isnull=True) | Q(result="passed"), True),
        (Q(place="x") & Q(vehicle__isnull=False), False),
        (Q(result__in=("passed", "failed")), True),
        (~Q(place=""), False),
    ],
)
def test_conditions_one_by_one(condition, expected):
    late = Inspection(done_on=dt.date(2026, 2, 1), valid_until=dt.date(2026, 1, 1), result="passed")
    assert conditions.holds(condition, late) is expected


def test_a_blank_leaves_a_comparison_open_but_not_a_denial():
    bare = Vehicle(model_year=None)
    assert conditions.holds(Q(model_year__gt=1900), bare) is None
    assert conditions.holds(Q(model_year__gt=1900) | Q(plate=""), bare) is True
    assert conditions.holds(Q(model_year__gt=1900) & ~Q(plate=""), bare) is False
    assert conditions.holds(~Q(model_year=1900), bare) is True


def test_a_lookup_that_is_not_known_is_not_guessed():
    with pytest.raises(LookupError):
        conditions.holds(Q(plate__startswith="41"), Vehicle())


def test_what_a_condition_never_lets_be_blank():
    assert set(conditions.never_blank(~Q(plate="") & ~Q(status__in=("a", "b")))) == {"plate"}
    assert set(conditions.never_blank(Q(plate=""))) == set()
