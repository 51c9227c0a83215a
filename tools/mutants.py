"""Mutation testing of the science: `make mutants`.

cosmic-ray says what can be changed in a module, and changes it.  Each mutant is tried by the quick
tests that reach the changed statement, in a fork of a process that has the large packages loaded.
What survives must stand, with its reason, in `docs/mutants.md`.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import functools
import hashlib
import importlib
import json
import os
import random
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
# What is loaded once, for all mutants.
LARGE = (
    *("filelock", "hypothesis.extra.numpy", "joblib", "matplotlib.figure", "scipy.integrate"),
    *("scipy.optimize", "scipy.special", "scipy.stats", "sklearn", "sympy", "z3"),
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
    state = hashlib.sha256(path.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:12]
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
            signal.alarm(20 * seconds)
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
    how = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no"]
    how += ["-W", "ignore::pytest.PytestAssertRewriteWarning", "--hypothesis-profile=mutants"]
    how += SWIFT
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


def reach(files: list[str]) -> dict:
    """Run the tests once; return what each line is reached by, and how long tests take."""
    import coverage

    file = WORK / "reach.json"

    def work() -> int:
        cover = coverage.Coverage(
            data_file=str(WORK / "reach.db"), include=[str(TREE / "code/offcenter/*")]
        )
        cover.start()
        seen = Reached(cover)
        result = run_pytest(files, seen)
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
        file.write_text(json.dumps({"seconds": seen.seconds, "lines": lines}))
        return result

    code = forked(work, 7200)
    if code != 0:
        sys.exit(f"the tests do not pass as they are (pytest ends with {code}); see -v")
    return json.loads(file.read_text())


def tests_of(mutant: Mutant, source: str, found: dict) -> dict[str, float]:
    """Return the tests that reach the statement, or its module where it runs at import."""
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
    return {t: s for t, s in found["seconds"].items() if t in chosen and s <= SLOW}


def try_out(mutant: Mutant, found: dict) -> str:
    """Return "killed", "too long" or "survived"."""
    path = TREE / "code" / mutant.path
    source, times = path.read_text("utf-8"), path.stat()
    tests = tests_of(mutant, source, found)
    if not tests:
        return "unreached"
    files = sorted({test.partition("::")[0] for test in tests})
    try:
        path.write_text(changed(mutant, source), "utf-8")
        code = forked(lambda: run_pytest(files, Chosen(tests)), 20 + int(10 * sum(tests.values())))
    finally:
        path.write_text(source, "utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    if code in (4, 70):
        sys.exit(f"the tests of {path} could not be run")
    return "survived" if code in (0, 5) else "killed" if code is not None else "too long"


def prepare() -> None:
    """Copy the code and its tests, and load what takes long."""
    shutil.rmtree(TREE, ignore_errors=True)
    for name in ("code/offcenter", "tests", "examples", "book/references.bib", "pyproject.toml"):
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
    compileall.compile_dir(str(TREE / "code"), quiet=2)
    for name in LARGE:
        importlib.import_module(name)


def main() -> None:
    """Make the mutants, try those that were not tried, and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as signs or _checks; all by default")
    parser.add_argument("--sample", type=int, help="so many, drawn at random with seed 0")
    parser.add_argument("--again", action="store_true", help="try again what survived")
    parser.add_argument(
        "--minutes", type=float, default=1e9, help="stop then; the next run goes on"
    )
    parser.add_argument("-v", action="store_true", help="show what tests say")
    options = parser.parse_args()
    began = time.monotonic()
    prepare()
    files = [*(f"tests/test_{name}.py" for name in TESTS), "tests/examples"]
    files += [f"tests/attacks/test_{name}.py" for name in ATTACKS]
    names = options.modules or [*CORE, *ROOMS]
    base = TREE / "code" / "offcenter"
    paths = [path for name in names for path in sorted(base.glob(f"{name}.py"))]
    paths += [path for name in names for path in sorted(base.glob(f"{name}/*.py"))]
    if not paths:
        sys.exit(f"{', '.join(names)}: no module is called so")
    mutants = [mutant for path in paths for mutant in known_mutants_of(path)]
    # The order does not depend on how many: a larger sample goes on with a smaller one.
    random.Random(0).shuffle(mutants)
    drawn = mutants[: options.sample]
    log = WORK / "results.jsonl"
    results = {}
    if log.is_file():
        for line in log.read_text().splitlines():
            entry = json.loads(line)
            results[tuple(entry["mutant"].values())] = entry["result"]
    left = [
        m
        for m in drawn
        if (known := results.get(tuple(asdict(m).values()))) is None
        or (options.again and known in ("survived", "unreached"))
    ]
    if left:
        state = hashlib.sha256(
            b"".join(p.read_bytes() for p in sorted(TREE.rglob("*.py")))
        ).hexdigest()
        stamp = WORK / "reach.stamp"
        if stamp.is_file() and stamp.read_text() == state:
            found = json.loads((WORK / "reach.json").read_text())
        else:
            found = reach(files)
            stamp.write_text(state)
    for count, mutant in enumerate(left, start=1):
        if time.monotonic() - began > 60 * options.minutes:
            print(f"{len(left) - count + 1} are left to try")
            sys.exit(3)
        result = results[tuple(asdict(mutant).values())] = try_out(mutant, found)
        with log.open("a") as file:
            file.write(json.dumps({"mutant": asdict(mutant), "result": result}) + "\n")
        if result in ("survived", "unreached"):
            print(f"{count}/{len(left)} {result}: {mutant.says} (line {mutant.line})", flush=True)
    report(mutants, {m: results[tuple(asdict(m).values())] for m in drawn})


def report(mutants: list[Mutant], results: dict[Mutant, str]) -> None:
    """Print the figures by module, and what survived without a reason in `docs/mutants.md`."""
    by_module: dict[str, Counter] = defaultdict(Counter)
    for mutant, result in results.items():
        by_module[mutant.path][result] += 1
        by_module["all"][result] += 1
    print(f"\n{len(results)} of {len(mutants)} mutants")
    print(f"{'module':38}{'tried':>7}{'killed':>8}{'too long':>10}{'survived':>10}{'share':>8}")
    for path, count in by_module.items():
        dead = count["killed"] + count["too long"]
        alive = count["survived"] + count["unreached"]
        print(
            f"{path:38}{dead + alive:7}{count['killed']:8}{count['too long']:10}{alive:10}"
            f"{dead / (dead + alive):8.1%}"
        )
    listed = (ROOT / "docs" / "mutants.md").read_text("utf-8")
    new = [m for m, r in results.items() if r in ("survived", "unreached") and m.says not in listed]
    for mutant in new:
        print(f"not in docs/mutants.md: {mutant.says}")
    if new:
        sys.exit(1)


if __name__ == "__main__":
    main()
