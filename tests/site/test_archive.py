"""Archives are the same bytes from build to build, and never half-written."""

import os
from zipfile import ZIP_STORED, ZipFile

import pytest

from offcenter_site.editions.archive import write_zip, zip_folder


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "site"
    (folder / "b").mkdir(parents=True)
    (folder / "b" / "two.txt").write_text("two")
    (folder / "one.txt").write_text("one")
    return folder


def test_dates_of_files_do_not_count(folder, tmp_path):
    zip_folder(tmp_path / "first.zip", folder)
    os.utime(folder / "one.txt", (0, 0))
    zip_folder(tmp_path / "second.zip", folder)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_it_unpacks_into_a_folder_of_its_own(folder, tmp_path):
    zip_folder(tmp_path / "site.zip", folder)
    assert ZipFile(tmp_path / "site.zip").namelist() == ["site/b/two.txt", "site/one.txt"]


def test_order_and_compression_are_as_asked(folder, tmp_path):
    write_zip(tmp_path / "a.zip", folder, ["one.txt", "b/two.txt"], stored={"one.txt"})
    first, second = ZipFile(tmp_path / "a.zip").infolist()
    assert (first.filename, first.compress_type) == ("one.txt", ZIP_STORED)
    assert second.compress_type != ZIP_STORED


def test_a_failure_leaves_the_last_good_archive(folder, tmp_path):
    archive = tmp_path / "a.zip"
    write_zip(archive, folder, ["one.txt"])
    good = archive.read_bytes()
    with pytest.raises(FileNotFoundError):
        write_zip(archive, folder, ["one.txt", "missing.txt"])
    assert archive.read_bytes() == good
