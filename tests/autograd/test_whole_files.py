"""Files that appear whole or not at all: what stands at the path, how a failure ends, and what is no place for a file."""

import os
import stat

import pytest

from autograd.whole_files import file_path, write_whole


def test_a_link_stays_a_link_and_what_it_names_is_written(tmp_path):
    (tmp_path / "deep").mkdir()
    real, link = tmp_path / "deep" / "real.json", tmp_path / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(link, b"new")
    assert link.is_symlink() and real.read_text() == "new"
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["link.json"] and [p.name for p in real.parent.iterdir()] == ["real.json"]


def test_a_link_to_nothing_makes_what_it_names(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "made")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "made").read_bytes() == b"new" and (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "model.json"
    path.write_text("old")
    path.chmod(mode)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode and path.read_bytes() == b"new"


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path):
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@pytest.mark.parametrize("what", ["fifo", "device", "link to a device"])
def test_what_is_no_regular_file_is_refused_and_stays(tmp_path, what):
    path = tmp_path / "it"
    if what == "fifo":
        os.mkfifo(path)
    elif what == "device":
        path = type(path)("/dev/null")
    else:
        path.symlink_to("/dev/null")
    with pytest.raises(ValueError, match="is no regular file"):
        write_whole(path, b"content")
    assert not stat.S_ISREG(path.stat().st_mode) and (what == "device" or [p.name for p in tmp_path.iterdir()] == ["it"])


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(IsADirectoryError, match="give the name of a file in it"):
        write_whole(tmp_path, b"content")


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing'$"):
        write_whole(tmp_path / "missing" / "model.json", b"content")


def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("n" * os.pathconf(tmp_path, "PC_NAME_MAX"))
    write_whole(path, b"content")
    assert path.read_bytes() == b"content" and len(list(tmp_path.iterdir())) == 1


def test_a_failure_leaves_what_was_there_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    path.write_text("old")

    def fail(*arguments):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="the disk is full"):
        write_whole(path, b"new")
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["model.json"]


@pytest.mark.parametrize("name", ["a\0.html", "x" * 300 + ".html", "folder/" + "é" * 200])
def test_what_no_file_can_be_called_is_refused_in_one_bounded_sentence(name):
    with pytest.raises(ValueError, match=r"null character|too long") as refused:
        file_path(name)
    assert len(str(refused.value)) < 100
