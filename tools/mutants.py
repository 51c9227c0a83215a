"""Mutation testing of the science: `make mutants`.

cosmic-ray says what can be changed in a module, and changes it.  Each mutant is tried by the quick
tests that reach the changed statement, in a fork of a process that has the large packages loaded:
first by those of the module's own file; where it survives them, by hostile arguments and attacks;
then by all others.
What survives must stand, with its reason, in `docs/mutants.md`.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import functools
import gc
import hashlib
import importlib
import inspect
import json
import os
import re
import shutil
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from make import SWIFT  # noqa: E402

try:
    import resource
except ModuleNotFoundError:
    sys.exit("missing: fork and limits of memory: on Windows `make mutants` runs in WSL")

WORK = ROOT / "_build" / "mutants"
TREE = WORK / "tree"
CORE = ("_checks", "_guard", "_inputs", "normal", "activations", "spectrum", "samples", "layers")
ROOMS = ("signs", "descent", "batches", "fisher")
TESTS = (
    *("activations", "batches", "checks", "claims_check", "descent", "fisher", "fuzz", "layers"),
    *("figures_opening", "normal", "records", "samples", "signs", "spectrum"),
)
ATTACKS = ("batches", "centering", "fisher", "misconceptions", "signs", "zigzag")
# Modules whose tests, and rooms whose attacks, stand in a file of another name.
OWN = {"_guard": "checks", "_checks": "checks"}
BESIDE = {"descent": "zigzag"}
# What tests read besides the code.
READ = (
    *("code/offcenter", "code/offcenter_site/movable/scripts", "tests", "examples", "book"),
    *("index.md", "make.py", "pyproject.toml"),
)
# What is loaded once, for all mutants.
LARGE = (
    *("filelock", "hypothesis.extra.numpy", "joblib", "matplotlib.figure", "scipy.integrate"),
    *("pytest", "scipy.optimize", "scipy.special", "scipy.stats", "sklearn.linear_model"),
    *("sympy", "z3"),
)
# Each of these is tried: of the many binary operators only the opposite, since a sum that becomes
# a shift of bits raises an error at once, and would be counted as killed.
OPERATORS = re.compile(
    r"core/(ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|Pow_Mul|FloorDiv_Div|Mod_Mul"
    r"|BitAnd_BitOr|BitOr_BitAnd)|ReplaceComparisonOperator_(?!.*Is).*|"
    r"ReplaceComparisonOperator_(Is_IsNot|IsNot_Is)|ReplaceUnaryOperator_Delete_.*|AddNot"
    r"|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr|ReplaceOrWithAnd"
    r"|ReplaceBreakWithContinue|ReplaceContinueWithBreak|NumberReplacer"
    r"|RemoveDecorator|ZeroIterationForLoop)"
)
# Without these a result is computed again, and the same.
KEEPERS = re.compile(r"\s*@(stored|cache|lru_cache\(.*|overload)\s*$")
SLOW = 5.0
# What pytest ends with where no test fails; the second, where none is left to run.
PASSED = (0, 5)
# What lives after the first stages, and after the last.
SO_FAR = ("survived its own tests", "survived the tests beside it")
ALIVE = (*SO_FAR, "survived", "unreached")
COMPOUND = (ast.ClassDef, ast.FunctionDef)
MEMORY = 6 * 2**30


@dataclass(frozen=True)
class Mutant:
    """One change: `before` becomes `after` in a line of a file."""

    path: str
    line: int
    operator: str
    occurrence: int
    before: str
    after: str
    state: str

    @property
    def says(self) -> str:
        """How `docs/mutants.md` names it."""
        return f"`{self.path}`: `{self.before}` → `{self.after}`"


def without_types(source: str) -> str:
    """Return the code of a module without its annotations, which run nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if hasattr(node, name):
                setattr(node, name, None)
    return ast.dump(tree)


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield what cosmic-ray makes of a module that compiles and is another program."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    source = path.read_text("utf-8")
    lines, same = source.splitlines(), without_types(source)
    state = hashlib.sha256(source.encode()).hexdigest()[:12]
    nodes = list(ast_nodes(get_ast(source)))
    for name in sorted(filter(OPERATORS.fullmatch, plugins.operator_names())):
        operator = plugins.get_operator(name)()
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for occurrence, ((line, _), _) in enumerate(places):
            changed = mutate_code(source, operator, occurrence)
            try:
                if changed is None or without_types(changed) == same:
                    continue
                compile(changed, path.name, "exec")
            except SyntaxError:
                continue
            if name.endswith("RemoveDecorator") and KEEPERS.match(lines[line - 1]):
                continue
            new = changed.splitlines()
            after = new[line - 1] if len(new) == len(lines) else "(removed)"
            short = str(path.relative_to(TREE / "code"))
            yield Mutant(
                short, line, name, occurrence, lines[line - 1].strip(), after.strip(), state
            )


def known_mutants_of(path: Path) -> list[Mutant]:
    """Return the mutants of a module, found once for each state of it."""
    rules = inspect.getsource(mutants_of) + OPERATORS.pattern + KEEPERS.pattern
    state = hashlib.sha256(path.read_bytes() + rules.encode()).hexdigest()[:12]
    file = WORK / "found" / f"{path.parent.name}-{path.stem}-{state}.json"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps([asdict(mutant) for mutant in mutants_of(path)]))
    return [Mutant(**fields) for fields in json.loads(file.read_text())]


def changed(mutant: Mutant, source: str) -> str:
    """Return the source of a module with the change."""
    from cosmic_ray import plugins
    from cosmic_ray.mutating import mutate_code

    return mutate_code(source, plugins.get_operator(mutant.operator)(), mutant.occurrence)


def forked(work: Callable[[], int], seconds: int) -> int | None:
    """Return what `work` returns in a child, or None where it took too long or died."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.alarm(60 * seconds)
            sys.dont_write_bytecode = True
            if "-v" not in sys.argv:
                quiet = os.open(os.devnull, os.O_WRONLY)
                os.dup2(quiet, 1), os.dup2(quiet, 2)
            code = work()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else None


def run_pytest(files: list[str], *plugins: object) -> int:
    """Run tests without what slows them down when they fail."""
    import pytest
    from hypothesis import Phase, settings

    settings.register_profile(
        "mutants", deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
    )
    how = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", "--assert=plain"]
    how += ["--hypothesis-profile=mutants", *SWIFT]
    return int(pytest.main([*how, *files], plugins=list(plugins)))


class Chosen:
    """Runs the tests that are named, the quickest first."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds

    def pytest_collection_modifyitems(self, items: list) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.seconds),
            key=lambda item: self.seconds[item.nodeid],
        )


class Reached:
    """Notes which test reaches which line, and how long it takes."""

    def __init__(self, cover: object) -> None:
        self.cover, self.seconds = cover, {}

    def pytest_runtest_setup(self, item) -> None:
        # What an earlier test has computed must not hide what this one would reach.
        for module in [m for name, m in sys.modules.items() if name.startswith("offcenter")]:
            for name, thing in vars(module).items():
                if isinstance(thing, functools._lru_cache_wrapper):
                    thing.cache_clear()
                elif name == "_here":
                    thing.clear()
        self.cover.switch_context(item.nodeid)
        self.began = time.process_time()

    def pytest_runtest_teardown(self, item) -> None:
        self.seconds[item.nodeid] = time.process_time() - self.began
        self.cover.switch_context("import")


def digest(*paths: Path) -> str:
    """Return a hash of files, and of all modules in folders."""
    files = [f for p in paths for f in (sorted(p.rglob("*.py")) if p.is_dir() else [p])]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


@functools.cache
def reach(file: str) -> dict:
    """Run the tests of a file once; return what reaches each line, and how long tests take."""
    import coverage

    shared = (TREE / "code", TREE / "tests" / "shared", TREE / "tests" / "conftest.py")
    state = digest(*shared, TREE / file)
    found = WORK / "reach" / f"{file.replace('/', '-')}-{state}.json"
    if found.is_file():
        return json.loads(found.read_text())
    found.parent.mkdir(exist_ok=True)

    def work() -> int:
        cover = coverage.Coverage(
            data_file=str(WORK / "reach.db"),
            include=[str(TREE / "code/offcenter/*")],
            config_file=False,
        )
        cover.erase()
        cover.start()
        seen = Reached(cover)
        result = run_pytest([file], seen)
        cover.stop()
        cover.save()
        data = cover.get_data()
        lines = {
            str(Path(path).relative_to(TREE / "code")): {
                line: [c for c in contexts if "::" in c]
                for line, contexts in data.contexts_by_lineno(path).items()
            }
            for path in data.measured_files()
        }
        if result in PASSED:
            found.write_text(json.dumps({"seconds": seen.seconds, "lines": lines}))
        return result

    code = forked(work, 7200)
    if code not in PASSED:
        sys.exit(f"{file} does not pass as it is (pytest ends with {code}); see -v")
    return json.loads(found.read_text())


def tests_of(mutant: Mutant, source: str, file: str) -> dict[str, float]:
    """Return the tests of a file that reach the statement.

    Of what runs at import, those that reach its module, and all in the module's own file.
    """
    found = reach(file)
    lines = found["lines"].get(mutant.path, {})

    def at(first: int, last: int) -> set[str]:
        return {c for line in range(first, last + 1) for c in lines.get(str(line), [])}

    inside = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= mutant.line <= node.end_lineno
    ]
    # The last is the innermost; what runs at import, all tests of the module depend on.
    chosen = at(inside[-1].lineno, inside[-1].end_lineno) if inside else set()
    if not at(mutant.line, mutant.line) and (not chosen or isinstance(inside[-1], COMPOUND)):
        chosen = {c for contexts in lines.values() for c in contexts}
        if file == own(mutant):
            chosen = set(found["seconds"])
    return {t: s for t, s in found["seconds"].items() if t in chosen and s <= SLOW}


def try_out(mutant: Mutant, files: list[str]) -> str:
    """Return "killed", "too long", "survived" or "unreached"."""
    path = TREE / "code" / mutant.path
    source, times = path.read_text("utf-8"), path.stat()
    tests = {t: s for file in files for t, s in tests_of(mutant, source, file).items()}
    if not tests:
        return "unreached"
    named = sorted({test.partition("::")[0] for test in tests})
    seconds = 20 + 5 * len(named) + int(10 * sum(tests.values()))
    try:
        path.write_text(changed(mutant, source), "utf-8")
        code = forked(lambda: run_pytest(named, Chosen(tests)), seconds)
    finally:
        path.write_text(source, "utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    if code in (4, 70):
        sys.exit(f"the tests of {path} could not be run")
    return "survived" if code in PASSED else "killed" if code is not None else "too long"


def room_of(mutant: Mutant) -> str:
    """Return the name of the module, or of the room that it is in."""
    path = Path(mutant.path)
    name = path.stem if len(path.parts) == 2 else path.parts[1]
    return OWN.get(name, name)


def own(mutant: Mutant) -> str:
    """Return the file with the tests of the module."""
    return f"tests/test_{room_of(mutant)}.py"


def stages_of(mutant: Mutant, files: list[str]) -> list[list[str]]:
    """Return the files of each stage: its own, those beside it, all others."""
    room = room_of(mutant)
    named = ("tests/test_fuzz.py", f"tests/attacks/test_{BESIDE.get(room, room)}.py")
    beside = [file for file in files if file in named]
    return [[own(mutant)], beside, [f for f in files if f != own(mutant) and f not in beside]]


def prepare() -> None:
    """Copy the code and its tests, and load what takes long."""
    shutil.rmtree(TREE, ignore_errors=True)
    for name in READ:
        source, target = ROOT / name, TREE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "site"))
        else:
            shutil.copy2(source, target)
    os.chdir(TREE)
    os.environ["OFFCENTER_STORE"] = ""
    sys.path.insert(0, str(TREE / "code"))
    os.environ["PYTHONPATH"] = str(TREE / "code")
    compileall.compile_dir(str(TREE), quiet=2)
    for name in LARGE:
        importlib.import_module(name)
    # Children need not look through what is loaded.
    gc.freeze()


def main() -> None:
    """Make the mutants, try those that were not tried, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as signs or _checks; all by default")
    parser.add_argument("--sample", type=int, help="so many, drawn at random")
    parser.add_argument(
        "--again", action="store_true", help="try again what survived and is not listed"
    )
    parser.add_argument(
        "--stages",
        type=int,
        choices=(1, 2, 3),
        default=3,
        help="1: only by the module's own tests, 2: also by those beside them, 3: by all",
    )
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="stop then; the next run goes on"
    )
    parser.add_argument("-v", action="store_true", help="show what tests say")
    options = parser.parse_args()
    began = time.monotonic()
    prepare()
    files = [f"tests/test_{name}.py" for name in TESTS]
    files += [f"tests/attacks/test_{name}.py" for name in ATTACKS]
    files += sorted(f"tests/examples/{file.name}" for file in Path("tests/examples").glob("*.py"))
    names = options.modules or [*CORE, *ROOMS]
    base = TREE / "code" / "offcenter"
    paths = [path for name in names for path in sorted(base.glob(f"{name}.py"))]
    paths += [path for name in names for path in sorted(base.glob(f"{name}/*.py"))]
    if not paths:
        sys.exit(f"{', '.join(names)}: no module is called so")
    mutants = [mutant for path in paths for mutant in known_mutants_of(path)]
    # The order depends on nothing else: a larger sample goes on with a smaller one, and a change in
    # one module draws no other sample of the rest.
    mutants.sort(key=lambda m: hashlib.sha256(f"0 {m.operator} {m.says}".encode()).digest())
    drawn = mutants[: options.sample]
    log = WORK / "results.jsonl"
    results = {}
    if log.is_file():
        for line in log.read_text().splitlines():
            entry = json.loads(line)
            results[tuple(entry["mutant"].values())] = entry["result"]

    def known(mutant: Mutant) -> str | None:
        return results.get(tuple(asdict(mutant).values()))

    def go_through(left: list[Mutant], stage: int) -> None:
        for count, mutant in enumerate(left, start=1):
            if time.monotonic() - began > 60 * options.minutes:
                print(f"{len(left) - count + 1} are left to try")
                sys.exit(3)
            result = try_out(mutant, stages_of(mutant, files)[stage])
            if result in ALIVE and stage < len(SO_FAR):
                result = SO_FAR[stage]
            results[tuple(asdict(mutant).values())] = result
            with log.open("a") as file:
                file.write(json.dumps({"mutant": asdict(mutant), "result": result}) + "\n")
            if result in ALIVE:
                where = f"{count}/{len(left)} {result}"
                print(f"{where}: {mutant.says} (line {mutant.line})", flush=True)

    listed = (ROOT / "docs" / "mutants.md").read_text("utf-8")
    # The file of the module is quickly read, and most die there.
    for stage in range(options.stages):
        if stage == 0:
            again = {m for m in drawn if options.again and known(m) in ALIVE}
            left = [m for m in drawn if known(m) is None or (m in again and m.says not in listed)]
        else:
            # What is listed with its reason is known to live: all other tests would take long.
            left = [m for m in drawn if known(m) == SO_FAR[stage - 1] and m.says not in listed]
        go_through(left, stage)
    report(mutants, {m: known(m) or "" for m in drawn}, listed)


def report(mutants: list[Mutant], results: dict[Mutant, str], listed: str) -> None:
    """Print the figures by module, and what survived without a reason in `docs/mutants.md`."""
    by_module: dict[str, Counter] = defaultdict(Counter)
    for mutant, result in results.items():
        by_module[mutant.path][result] += 1
        by_module["all"][result] += 1
    print(f"\n{len(results)} of {len(mutants)} mutants")
    print(f"{'module':38}{'tried':>7}{'killed':>8}{'too long':>10}{'survived':>10}{'share':>8}")
    for path, count in by_module.items():
        dead = count["killed"] + count["too long"]
        alive = sum(count[result] for result in ALIVE)
        print(
            f"{path:38}{dead + alive:7}{count['killed']:8}{count['too long']:10}{alive:10}"
            f"{dead / (dead + alive):8.1%}"
        )
    alive = [m for m, result in results.items() if result in ALIVE]
    new = [m for m in alive if m.says not in listed]
    for mutant in new:
        print(f"not in docs/mutants.md: {mutant.says}")
    if new:
        sys.exit(1)


if __name__ == "__main__":
    main()
