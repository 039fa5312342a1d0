"""A plan in its file: every line in the sheet's order, a page of any kind without the rest."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.plans import plan_file
from imports.plans.plan import RETIRING, WARNED, ColumnChange, Finding, Plan, PlanLine, Verdict, WrittenPlan, pack

pytestmark = pytest.mark.once


def written(plan: Plan) -> WrittenPlan:
    file = io.BytesIO()
    plan.write(file)
    return WrittenPlan(file)


def test_lines_come_in_the_sheets_order_each_with_its_findings():
    headless, wrong, odd = (
        Finding(1, "Renk", "", "tanınmadı"),
        Finding(3, "Plaka", "x", "y"),
        Finding(4, "Alan", "", "z"),
    )
    changed = PlanLine(4, Verdict.CHANGED, 4, 2, pack({"make": "b"}, [ColumnChange("make", "a", "b")]))
    lines = [PlanLine(2, Verdict.NEW, packed=pack({"plate": "p"})), PlanLine(3, Verdict.ERROR), changed]
    lines += [PlanLine(5, Verdict.UNCHANGED, 7, 1), PlanLine(0, Verdict.MISSING, 8, 3)]
    lines += [PlanLine(0, Verdict.MISSING, 9, 1, pack({"status": "retired"}))]
    plan = Plan(lines, [wrong, wrong], [headless, odd])
    kept = written(plan)
    assert [line.row for line in kept.lines()] == [2, 3, 4, 5, 0, 0]
    assert [(line.errors, line.warnings) for line in kept.lines()][1:3] == [((wrong, wrong), ()), ((), (odd,))]
    assert [line.changes for line in kept.lines(Verdict.CHANGED)] == [[ColumnChange("make", "a", "b")]]
    assert [line.id for line in kept.lines(Verdict.MISSING)] == [8, 9]
    assert [(line.id, line.values) for line in kept.lines(RETIRING)] == [(9, {"status": "retired"})]
    assert [line.row for line in kept.lines(WARNED)] == [4]
    assert (kept.errors(), kept.warnings()) == ([wrong, wrong], [headless, odd])
    assert plan.counts() == {
        "lines": 6, "rows": 4, "new": 1, "changed": 1, "unchanged": 1, "refused": 1, "missing": 2, "retiring": 1,
        "errors": 2, "warnings": 2, "warned": 1, "skipped": 0, "later": 0, "unusable": 0,
    }  # fmt: skip


@given(st.lists(st.sampled_from("abc")), st.integers(0, 12), st.integers(0, 12), st.integers(1, 4))
def test_any_part_of_any_kind_is_a_slice_of_the_whole(kinds, first, most, block):
    lines = [[number, kind, "satır\nsonu"] for number, kind in enumerate(kinds)]
    file = io.BytesIO()
    whole, plan_file.BLOCK = plan_file.BLOCK, block
    try:
        with plan_file.Writer(file) as out:
            for line in lines:
                out.add(line, [line[1]])
        reader = plan_file.Reader(file)
        assert list(reader.lines(first=first, most=most)) == lines[first : first + most]
        for kind in "abc":
            assert list(reader.lines(kind)) == [line for line in lines if line[1] == kind]
    finally:
        plan_file.BLOCK = whole


@pytest.mark.parametrize("content", [b"", b"x", b"\x1f\x8b" + bytes(100)])
def test_what_no_writer_has_finished_is_no_plan(content):
    with pytest.raises(ValueError, match="no plan"):
        plan_file.Reader(io.BytesIO(content))


def test_a_file_that_was_cut_off_anywhere_is_no_plan():
    file = io.BytesIO()
    with plan_file.Writer(file) as out:
        for number in range(2 * plan_file.BLOCK + 1):
            out.add([number, "new"], ["new"])
    whole = file.getvalue()
    for length in range(len(whole)):
        with pytest.raises(ValueError, match="no plan"):
            plan_file.Reader(io.BytesIO(whole[:length]))


def test_a_page_reads_its_own_blocks_alone():
    class Counted(io.BytesIO):
        taken = 0

        def read(self, *size):
            found = super().read(*size)
            self.taken += len(found)
            return found

    file = Counted()
    Plan([PlanLine(n, Verdict.NEW, packed=pack({"no": n * 7919})) for n in range(50_000)]).write(file)
    page = list(WrittenPlan(file).lines(Verdict.NEW, 30_000, 50))
    assert [line.row for line in page] == list(range(30_000, 30_050))
    assert file.taken < len(file.getvalue()) / 2
