"""What is made beside its place is hidden, goes when it is not whole, and is swept when its maker was killed."""

from __future__ import annotations

import errno
import os
import stat

import pytest

from inventory.server import unfinished

pytestmark = pytest.mark.once


def names(place) -> list[str]:
    return sorted(each.name for each in place.iterdir())


def test_what_is_not_put_in_its_place_goes(tmp_path):
    with pytest.raises(OSError), unfinished.file(tmp_path, "x") as target:
        assert [name[:-8] for name in names(tmp_path)] == [".varlik-kutugu-x-"]
        raise OSError
    with unfinished.file(tmp_path, "x") as target:
        made = os.stat(target.name).st_mode
        unfinished.let_others_read(target.name)
        os.replace(target.name, tmp_path / "done")
    assert names(tmp_path) == ["done"]
    assert [stat.S_IMODE(mode) for mode in (made, (tmp_path / "done").stat().st_mode)] == [0o600, 0o644]


def aged(place):
    for each in place.iterdir():
        os.utime(each, (0, 0), follow_symlinks=False)


def test_old_ones_are_swept_but_for_those_that_somebody_holds(tmp_path):
    old = tmp_path / ".varlik-kutugu-folder-x-abcd_123"
    old.mkdir()
    (old / "copy").touch()
    (tmp_path / ".varlik-kutugu-x-abcd_123").touch()
    with unfinished.file(tmp_path, "x") as held, unfinished.inner_folder(tmp_path, "x") as folder:
        aged(tmp_path)
        with unfinished.file(tmp_path, "x") as target:
            there = {str(each) for each in tmp_path.iterdir()}
        assert there == {held.name, str(folder), target.name, str(old)}
        with unfinished.inner_folder(tmp_path, "x"):
            assert not old.exists() and folder.exists()


@pytest.mark.parametrize("what", ["backup", "export", "report", "restore"])
def test_what_the_operator_has_in_the_folder_stays(tmp_path, what):
    ours = f".varlik-kutugu-{what}-"
    kept = [f".{what}-settings.json", f".{what}-abcd_123", f".varlik-kutugu-other-{what}-abcd_123", f"x{ours}abcd_123"]
    kept += [ours, f"{ours}2024", f"{ours}abcd_123.zip", f"{ours}ABCD-123", f".varlik-kutugu-folder-{what}-abcd_124"]
    for name in kept:
        (tmp_path / name).touch()
    # Of our name, and of a kind that we never make under it.
    folders = [f".{what}-2024", f"{ours}abcd_125", f".varlik-kutugu-folder-{what}-2024"]
    for name in folders:
        (tmp_path / name).mkdir()
        (tmp_path / name / "keep").touch()
    (tmp_path / f"{ours}abcd_126").symlink_to(tmp_path / kept[0])
    (tmp_path / f".varlik-kutugu-folder-{what}-abcd_126").symlink_to(tmp_path / folders[0])
    os.mkfifo(tmp_path / f"{ours}abcd_127")
    aged(tmp_path)
    before = names(tmp_path)
    with unfinished.file(tmp_path, what), unfinished.inner_folder(tmp_path, what):
        pass
    assert names(tmp_path) == before and all((tmp_path / name / "keep").exists() for name in folders)


def plain_medium(monkeypatch) -> None:
    """A stick or a share that has neither hard links nor modes."""

    def refuse(*_arguments):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "chmod", refuse)


def test_a_new_file_takes_nobodys_place_also_where_there_are_no_hard_links(tmp_path, monkeypatch):
    plain_medium(monkeypatch)
    place, dangling = tmp_path / "x.csv", tmp_path / "y.csv"
    dangling.symlink_to(tmp_path / "nowhere")
    for name in ("first", "second"):
        (tmp_path / name).write_text(name)
    unfinished.place_new(str(tmp_path / "first"), place)
    for taken in (place, dangling):
        with pytest.raises(FileExistsError):
            unfinished.place_new(str(tmp_path / "second"), taken)
    assert place.read_text() == "first" and names(tmp_path) == ["second", "x.csv", "y.csv"]


def test_a_name_that_was_claimed_in_vain_is_given_back(tmp_path):
    with pytest.raises(FileNotFoundError):
        unfinished.place_new(str(tmp_path / "not there"), tmp_path / "x.csv")
    assert names(tmp_path) == []
