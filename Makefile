# `make book` builds the site, `make test` runs every test; both set up what they need in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORK := _build/work

# Tests run in several processes: threads in each would fight for the cores.
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help book take-along students release check seeds test floor test-on-demand bench lint lock clean

help:
	@echo "make book   build the site in _build/html"
	@echo "make take-along  PDF, EPUB, notebooks, slides, figures, wheel, and the site in one file"
	@echo "make students    build the book without solutions in _build/students"
	@echo "make release     what a release offers, with checksums, in _build/release"
	@echo "make check  lint, types and the quick tests: for each change"
	@echo "make test   run every test (needs a browser, and gets one)"
	@echo "make test-on-demand  run what fetches a language model and PyTorch (1 GB)"
	@echo "make bench  how long builds take, beside edition 1 and default Jupyter Book"
	@echo "make lint   check the style and the types of the code"
	@echo "make lock   resolve the requirements anew"
	@echo "make clean  remove everything that was built"

# One environment serves book and tests: a stamp for each lock file says what is installed.
$(VENV)/book.stamp: requirements.txt requirements-uv.txt
	@sh tools/setup-venv "$(PYTHON)" $(VENV) requirements.txt
	@touch $@

OTHERS := floor notebook next
$(VENV)/test.stamp: requirements-test.txt requirements-uv.txt $(OTHERS:%=requirements-%.txt)
	@sh tools/setup-venv "$(PYTHON)" $(VENV) requirements-test.txt
	@for name in $(OTHERS); do \
	  sh tools/setup-venv "$(PYTHON)" .venv-$$name requirements-$$name.txt || exit 1; done
	@touch $@ $(VENV)/book.stamp

# The build works in a folder of its own; only a good one replaces the site.
book: $(VENV)/book.stamp
	@$(BIN)/jupyter-book build . --path-output $(WORK)
	@rm -rf _build/html.new && cp -r $(WORK)/_build/html _build/html.new
	@rm -rf _build/html && mv _build/html.new _build/html
	@echo "The book is ready: open _build/html/index.html"

# Needs what the tests need: a browser prints the PDF.
take-along: $(VENV)/test.stamp
	@sh tools/setup-browser $(BIN)
	@PYTHONPATH=code $(BIN)/python -m offcenter_site.editions.take_along
	@rm -rf _build/html.new && cp -r $(WORK)/_build/html _build/html.new
	@rm -rf _build/html && mv _build/html.new _build/html

# The book without solutions, for a class.
students: $(VENV)/book.stamp
	@OFFCENTER_STUDENTS=1 $(BIN)/jupyter-book build . --path-output _build/students-work
	@rm -rf _build/students && cp -r _build/students-work/_build/html _build/students
	@echo "The students' edition is ready: open _build/students/index.html"

release: take-along
	@rm -rf _build/release.new && mkdir -p _build/release.new
	@$(BIN)/python -m build --quiet --sdist --no-isolation --outdir _build/release.new .
	@cd _build/take-along && cp *.whl *.pdf *.epub *.zip ../release.new
	@cd _build/release.new && sha256sum * > SHA256SUMS
	@rm -rf _build/release && mv _build/release.new _build/release
	@echo "ready: _build/release"

# What a change is tried with: seconds from a warm store, under a minute.
check: $(VENV)/test.stamp lint
	@$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not seeds and not slow and not on_demand" \
	  tests --ignore=tests/site

# Every measured claim with twenty seeds that are not the shipped one.
seeds: $(VENV)/test.stamp
	@OFFCENTER_SEEDS=20 $(BIN)/python -m pytest -q -n auto -m seeds tests

# The site and the science with the oldest versions share the cores; then all tests do.
test: $(VENV)/test.stamp
	@$(MAKE) --no-print-directory -j2 lint take-along floor
	@echo "Everything, with the locked versions:"
	@$(BIN)/python -m pytest -q -n auto --dist worksteal tests

# Attacks try to break sentences; they are the same with all versions.
floor: $(VENV)/test.stamp
	@echo "The science with the oldest versions that it accepts:"
	@.venv-floor/bin/python -m pytest -q -m "not seeds and not slow and not on_demand" \
	  tests --ignore=tests/site --ignore=tests/attacks

# How long builds take, beside edition 1 and beside default Jupyter Book.
bench: $(VENV)/test.stamp
	@$(BIN)/python tools/bench.py

# Makes the activations of the language model again, and runs the pages' code in real frameworks.
test-on-demand: $(VENV)/test.stamp
	@$(BIN)/python -m pytest -q -m on_demand tests

lint: $(VENV)/test.stamp
	@$(BIN)/ruff check code tests examples tools setup.py
	@$(BIN)/ruff format --check code tests examples tools setup.py
	@$(BIN)/basedpyright
	@$(BIN)/zizmor --offline --quiet .github

lock: $(VENV)/test.stamp
	@sh tools/lock $(BIN)

clean:
	@rm -rf _build
