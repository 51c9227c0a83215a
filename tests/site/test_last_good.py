"""A site takes the place of another one file by file, each of them whole."""

from offcenter_site.build.last_good import put_in_place


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_new_changed_and_gone_files_and_folders(tmp_path):
    new, site = tmp_path / ".html", tmp_path / "html"
    write(new, index="the same", book__signs="changed", book__new__page="new")
    write(site, index="the same", book__signs="before", old__page="gone", book__gone="gone")
    # Left by who was interrupted.
    write(site, **{"book__.signs.part": "hal"})
    untouched = (site / "index").stat().st_ino
    put_in_place(new, site)
    assert read(site) == read(new)
    assert (site / "index").stat().st_ino == untouched


def test_what_sphinx_keeps_within_the_site_stays(tmp_path):
    new, site = tmp_path / ".html", tmp_path / "html"
    write(new, index="new")
    write(site, **{"gone": "gone", ".doctrees__environment": "kept"})
    put_in_place(new, site, site / ".doctrees")
    assert set(read(site)) == {"index", ".doctrees", ".doctrees/environment"}


def test_a_first_site(tmp_path):
    write(tmp_path / ".html", index="first")
    put_in_place(tmp_path / ".html", tmp_path / "html")
    assert read(tmp_path / "html") == {"index": "first"}
