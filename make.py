"""Does what the book needs done: `python make.py TASK`; without a task it lists them.

Needs Python alone: what a task uses is installed in environments of its own, from requirements
locked by hash.  `make TASK` is the same, where there is make.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# An older Python reads this far, and says so.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(f"missing: Python 3.11 or newer (this is {sys.version.split()[0]})")

ROOT = Path(__file__).resolve().parent
BUILD = ROOT / "_build"
TASKS: dict[str, Callable[..., None]] = {}

CODE = ("code", "tests", "examples", "tools", "setup.py", "make.py")
SWIFT = ("-m", "not seeds and not slow and not on_demand")
QUICK = (*SWIFT, "tests", "--ignore=tests/site")
# Attacks try to break sentences, and the bibliography is text: the same with all versions.
SCIENCE = (*QUICK, "--ignore=tests/attacks", "--ignore=tests/test_bibliography.py")
OLDEST = "The science with the oldest versions that it accepts:"
# What a forge reads, each by its published form.
FORMS = {
    "github-workflows": ".github/workflows/*.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/*.yml",
    "dependabot": ".github/dependabot.yml",
    "citation-file-format": "CITATION.cff",
}
ON_ALL_CORES = ("-n", "auto", "--dist", "worksteal")


def run(*command: str | Path, **settings: str) -> None:
    """Run a command in this folder, and end when it fails: it has said why."""
    sys.stdout.flush()
    code = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=False).returncode
    if code:
        sys.exit(code)


@contextlib.contextmanager
def beside(title: str, *command: str | Path) -> Iterator[None]:
    """Run a command beside what is done meanwhile, then say what it said; end when it fails."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
        try:
            yield
        except BaseException:
            process.terminate()
            process.wait()
            raise
        code = process.wait()
        said.seek(0)
        print(f"{title}\n{said.read().decode(errors='replace')}")
    if code:
        sys.exit(code)


class Environment:
    """A virtual environment in this folder, with what a lock file names."""

    def __init__(self, name: str, requirements: str, *included: Environment) -> None:
        self.folder = ROOT / name
        self.requirements = ROOT / requirements
        self.stamp = self.folder / f"{self.requirements.stem}.stamp"
        self.included = included

    def command(self, name: str) -> Path:
        """Return where a command is that is installed here."""
        place = sysconfig.get_path("scripts", "venv", {"base": str(self.folder)})
        return Path(place, name + (".exe" if os.name == "nt" else ""))

    def run(self, name: str, *options: str | Path, **settings: str) -> None:
        """Run a command that is installed here."""
        run(self.command(name), *options, **settings)

    def tests(self, *options: str) -> tuple[str | Path, ...]:
        """Return the command that runs tests."""
        return (self.command("python"), "-m", "pytest", "-q", *options)

    def test(self, *options: str, **settings: str) -> None:
        """Run tests."""
        run(*self.tests(*options), **settings)

    def make(self, *options: str) -> None:
        """Make it, unless it is there."""
        if self.command("python").exists():
            return
        print(f"Creating {self.folder.name}")
        try:
            import ensurepip  # noqa: F401
        except ImportError:
            sys.exit("missing: Python's venv module (on Debian: apt-get install python3-venv)")
        run(sys.executable, "-m", "venv", *options, self.folder)

    def state(self) -> str:
        """Return what the stamp holds when all of the list is installed."""
        return hashlib.sha256(self.requirements.read_bytes()).hexdigest()

    def ready(self) -> Environment:
        """Install what the list names, unless the stamp says that it is."""
        if not self.stamp.is_file() or self.stamp.read_text() != self.state():
            self._install()
            for part in (self, *self.included):
                part.stamp.write_text(part.state())
        return self

    def _install(self) -> None:
        """Install by uv; where it cannot be had or cannot reach what pip can, pip does the same."""
        BOOK.make()
        self.make("--without-pip")
        print(f"Installing {self.requirements.name} into {self.folder.name}", flush=True)
        pip = (BOOK.command("python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
        listed = ("--require-hashes", "-r", self.requirements)
        python = self.command("python")
        uv = BOOK.command("uv")
        for attempt in (
            (*pip, "install", "--require-hashes", "-r", "requirements-uv.txt"),
            (uv, "pip", "install", "--quiet", "--python", python, *listed),
        ):
            try:
                done = subprocess.run(attempt, cwd=ROOT, stderr=subprocess.DEVNULL, check=False)
            except OSError:
                break
        else:
            if done.returncode == 0:
                return
        run(*pip, "--python", python, "install", *listed)


BOOK = Environment(".venv", "requirements.txt")
# One environment serves book and tests.
TEST = Environment(".venv", "requirements-test.txt", BOOK)
FLOOR = Environment(".venv-floor", "requirements-floor.txt")
OTHERS = (
    FLOOR,
    Environment(".venv-notebook", "requirements-notebook.txt"),
    Environment(".venv-next", "requirements-next.txt"),
)
MUTANTS = Environment(".venv-mutants", "requirements-mutants.txt")


def ready_to_test() -> None:
    """Make all environments that the tests use."""
    for environment in (TEST, *OTHERS):
        environment.ready()


def replace(folder: Path, new: Path) -> None:
    """Put a copy of a new folder in the place of an old one, when all of it is there."""
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(new, fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def changes() -> str:
    """Return what the change log says of its first version, the one that is released."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return "## " + text.split("\n## ")[1].rstrip() + "\n"


def task(function: Callable[..., None]) -> Callable[..., None]:
    """List a function as a task: its docstring says what it does."""
    TASKS[function.__name__.replace("_", "-")] = function
    return function


@task
def book() -> None:
    """build the site in _build/html"""
    # The build itself keeps the last good site: `offcenter_site/build/last_good.py`.
    BOOK.ready().run("jupyter-book", "build", ".")
    print("The book is ready: open _build/html/index.html")


@task
def take_along() -> None:
    """PDF, EPUB, notebooks, slides, figures, wheel, and the site in one file"""
    # A browser prints the PDF: this needs what the tests need.
    TEST.ready().run("python", "tools/setup_browser.py", PYTHONPATH="code")
    TEST.run("python", "-m", "offcenter_site.editions.take_along", PYTHONPATH="code")


@task
def students() -> None:
    """build the book without solutions in _build/students/_build/html"""
    target = BUILD / "students"
    BOOK.ready().run("jupyter-book", "build", ".", "--path-output", target, OFFCENTER_STUDENTS="1")
    print("The students' edition is ready: open _build/students/_build/html/index.html")


@task
def release() -> None:
    """what a release offers, with checksums, in _build/release"""
    take_along()
    folder = BUILD / "release-work"
    shutil.rmtree(folder, ignore_errors=True)
    TEST.run("python", "-m", "build", "--quiet", "--sdist", "--no-isolation", "--outdir", folder)
    for path in (BUILD / "take-along").iterdir():
        if path.suffix in (".whl", ".pdf", ".epub", ".zip"):
            shutil.copy(path, folder)
    (folder / "changes.md").write_text(changes(), encoding="utf-8", newline="\n")
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    lines = [f"{sums[name]}  {name}\n" for name in sorted(sums)]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8", newline="\n")
    replace(BUILD / "release", folder)
    shutil.rmtree(folder)
    print("ready: _build/release")


@task
def check() -> None:
    """lint, types and the quick tests: for each change"""
    ready_to_test()
    lint()
    TEST.test(*ON_ALL_CORES, *QUICK)


@task
def test() -> None:
    """run every test (needs a browser, and gets one)"""
    ready_to_test()
    # No core waits: the oldest versions are tested beside all else.
    with beside(OLDEST, *FLOOR.tests(*SCIENCE)):
        with ThreadPoolExecutor(2) as pool:
            for part in [pool.submit(lint), pool.submit(take_along)]:
                part.result()
        print("Everything, with the locked versions:")
        TEST.test(*ON_ALL_CORES, "tests")


@task
def floor() -> None:
    """the science with the oldest versions that it accepts"""
    FLOOR.ready()
    print(OLDEST)
    FLOOR.test(*SCIENCE)


@task
def versions(*chosen: str) -> None:
    """the science with the oldest and the newest versions, on each Python of this machine"""
    TEST.ready().run("python", "tools/versions.py", *chosen)


@task
def seeds() -> None:
    """every measured claim with twenty seeds that are not the shipped one"""
    ready_to_test()
    TEST.test("-n", "auto", "-m", "seeds", "tests", OFFCENTER_SEEDS="20")


@task
def mutants(*chosen: str) -> None:
    """change the science in many small ways, and see whether its tests fail"""
    MUTANTS.ready().run("python", "tools/mutants.py", *chosen)


@task
def example_mutants(*chosen: str) -> None:
    """change what pages print of examples, and see whether a test fails"""
    TEST.ready().run("python", "tools/example_mutants.py", *chosen)


@task
def coverage() -> None:
    """which branches of the library its tests take"""
    folder = BUILD / "coverage"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # A store of its own: what is taken from a store, no line computes.
    tests = ("-m", "pytest", "-q", "-m", "not seeds and not on_demand", "tests")
    MUTANTS.ready().run(
        *("coverage", "run", *tests, "--ignore=tests/site"), OFFCENTER_STORE=str(folder / "store")
    )
    MUTANTS.run("coverage", "report")


@task
def test_on_demand() -> None:
    """run what fetches a language model and PyTorch (1 GB)"""
    ready_to_test()
    TEST.test("-m", "on_demand", "tests")


@task
def same_bytes() -> None:
    """build the whole book twice, in two places and languages, and compare"""
    TEST.ready().run("python", "tools/same_bytes.py")


@task
def same_numbers() -> None:
    """build the book with another processor's arithmetic, and name the words that differ"""
    TEST.ready().run("python", "tools/same_numbers.py")


@task
def bench() -> None:
    """how long builds take, beside edition 1 and default Jupyter Book"""
    TEST.ready().run("python", "tools/bench.py")


@task
def bench_figures(*chosen: str) -> None:
    """what an update of each movable figure takes, and beside another site: --beside FOLDER"""
    TEST.ready().run("python", "tools/bench_figures.py", *chosen, PYTHONPATH="code")


@task
def lint() -> None:
    """check the style and the types of the code, and the workflows"""
    TEST.ready().run("ruff", "check", *CODE)
    TEST.run("ruff", "format", "--check", *CODE)
    TEST.run("basedpyright")
    TEST.run("zizmor", "--offline", "--quiet", "--strict-collection", ".github")
    for form, pattern in FORMS.items():
        TEST.run("check-jsonschema", "--builtin-schema", f"vendor.{form}", *ROOT.glob(pattern))


@task
def tidy() -> None:
    """mend the style of the code where ruff can"""
    TEST.ready().run("ruff", "check", "--fix", "--exit-zero", "--quiet", *CODE)
    TEST.run("ruff", "format", *CODE)


@task
def lock() -> None:
    """resolve the requirements anew"""
    TEST.ready().run("python", "tools/lock.py")


@task
def clean() -> None:
    """remove everything that was built"""
    shutil.rmtree(BUILD, ignore_errors=True)


def main(name: str = "", *options: str) -> None:
    """Do a task, or list them."""
    # Tests run in several processes: threads in each would fight for the cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if name not in TASKS:
        print(__doc__)
        for known, function in TASKS.items():
            print(f"  {known:15} {function.__doc__}")
        sys.exit(f"\nno task is called {name!r}" if name else 0)
    TASKS[name](*options)


if __name__ == "__main__":
    main(*sys.argv[1:])
