"""The workflows of a forge say what they can do: their names lead somewhere, their tasks exist.

`make lint` holds them against their published form and the rules of zizmor; this holds them
against the book, and what stands in `${{ }}` against what there is.
"""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}
JOBS = {
    f"{name} {job}": (WORKFLOWS[name], settings)
    for name in WORKFLOWS
    for job, settings in WORKFLOWS[name]["jobs"].items()
}
LEAST = {"name", True, "permissions", "concurrency", "jobs"}  # YAML reads the key `on` as true


def listed(value):
    """Return a list, which may be written as one name."""
    return [value] if isinstance(value, str) else list(value)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_its_parts_and_no_permission_by_itself(name):
    assert set(WORKFLOWS[name]) == LEAST
    assert WORKFLOWS[name]["permissions"] == {}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_waits_for_jobs_that_there_are(job):
    workflow, settings = JOBS[job]
    assert set(listed(settings.get("needs", []))) <= set(workflow["jobs"])
    assert settings["runs-on"]
    assert settings["permissions"]


@pytest.mark.parametrize("job", JOBS)
def test_a_step_runs_a_command_or_a_pinned_action(job, make):
    for step in JOBS[job][1]["steps"]:
        assert ("run" in step) != ("uses" in step), step
        assert set(step) <= {"run", "uses", "with", "env", "id", "if", "continue-on-error"}, step
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", step["uses"]), step
        for task in re.findall(r"^make ([\w-]+)", step.get("run", ""), re.MULTILINE):
            assert task in make.TASKS, step


@pytest.mark.parametrize("job", JOBS)
def test_what_one_job_hands_over_another_one_takes(job):
    workflow, settings = JOBS[job]
    steps = [step for one in workflow["jobs"].values() for step in one["steps"]]
    handed = {step["with"]["name"] for step in steps if "/upload-artifact@" in step.get("uses", "")}
    for step in settings["steps"]:
        if "/download-artifact@" in step.get("uses", ""):
            assert step["with"]["name"] in handed
            assert settings["needs"]


# What an expression may begin with, and where that is known here, what may come next.
FREE = {"github", "runner", "secrets", "vars"}
FUNCTIONS = {"always()", "cancelled()", "failure()", "success()"}


def unknown_names(settings):
    """Return what the expressions of a job name and the job does not have."""
    steps = {step["id"]: step for step in settings["steps"] if "id" in step}
    known = {
        "matrix": settings.get("strategy", {}).get("matrix", {}),
        "needs": listed(settings.get("needs", [])),
        "steps": steps,
    }
    text = yaml.safe_dump(settings, width=float("inf"))
    conditions = [one["if"] for one in (settings, *settings["steps"]) if "if" in one]
    unknown = []
    for expression in [*re.findall(r"\$\{\{(.*?)\}\}", text), *conditions]:
        bare = re.sub(r"'[^']*'", "", expression)
        for name in re.findall(r"[a-z][\w.-]*(?:\(\))?", bare):
            first, *rest = name.split(".")
            if not (
                name in FUNCTIONS or first in FREE or (rest[:1] and rest[0] in known.get(first, ()))
            ):
                unknown.append(name)
    return unknown


@pytest.mark.parametrize("job", JOBS)
def test_an_expression_names_what_there_is(job):
    assert unknown_names(JOBS[job][1]) == []


def test_an_unknown_name_is_seen():
    job = {
        "needs": "build",
        "if": "failur()",
        "strategy": {"matrix": {"os": ["linux"]}},
        "runs-on": "${{ matrix.system }}",
        "steps": [
            {
                "id": "one",
                "run": "echo ${{ secret.key }} ${{ steps.two.outputs.url }} ${{ needs.build.id }}",
            },
            {"if": "success() && github.ref == 'matrix.none'", "run": "echo ${{ matrix.os }}"},
        ],
    }
    assert sorted(unknown_names(job)) == [
        *("failur()", "matrix.system", "secret.key", "steps.two.outputs.url")
    ]
