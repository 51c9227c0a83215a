# `make book` builds the site, `make test` runs every test: what a task does stands in make.py.

PYTHON ?= python3
TASKS := book take-along students release check test floor versions seeds mutants \
	example-mutants coverage test-on-demand same-bytes same-numbers bench bench-figures lint tidy lock clean

.DEFAULT_GOAL := help
.PHONY: help $(TASKS)

help $(TASKS):
	@command -v "$(PYTHON)" >/dev/null || { echo >&2 \
	  "missing: Python 3.11 or newer (tried '$(PYTHON)'; name another with PYTHON=...)"; exit 1; }
	@"$(PYTHON)" make.py $(@:help=)
