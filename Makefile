# make try: see the gate at work. make test: the tests. Both need Python 3.11 or later, git and make.
# What the tests need besides, and what of it is installed by whom, stands in tests/needs.py.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: try test test-slow check coverage docs site pictures bench evaluate clean

try: .venv/ready
	$(BIN)/ringfence try

# Half as many again as there are cores: tests wait for disks, servers and each other's gits.
WORKERS ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) * 3 // 2)")
PYTEST = pytest -n $(WORKERS) --dist worksteal

test: .venv/ready-tests
	@$(BIN)/python tests/needs.py test
	$(BIN)/python -m $(PYTEST) -m "not long"

# What takes long or needs much: browsers, tools from npm, DVC, hundreds of kills.
test-slow: .venv/ready-tests
	@$(BIN)/python tests/needs.py long
	$(BIN)/python -m $(PYTEST) -m long

# Format, lint, types, layers; .ci/run asks for these before the tests.
check: .venv/ready-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Branches that no test takes, hooks in their own processes included.
coverage: .venv/ready-tests
	$(BIN)/coverage erase
	$(BIN)/coverage run -m $(PYTEST)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --show-missing

docs: .venv/ready-tests
	$(BIN)/python docs/generate.py

# The docs as a site, which can be read and searched from its folder, build/site/index.html; build/man/ringfence.1.
site: .venv/ready-site
	.venv/site/bin/sphinx-build --quiet --fail-on-warning --fresh-env docs build/site
	.venv/site/bin/sphinx-build --quiet --fail-on-warning --fresh-env -b man docs build/man

# The pictures in the docs, from real output; needs a Chromium.
pictures: .venv/ready-tests
	$(BIN)/python docs/pictures.py

bench: .venv/ready-tests
	$(BIN)/python bench/speed.py
	$(BIN)/python bench/data.py

.venv/ready: pyproject.toml
	@$(PYTHON) tests/needs.py base
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# pip reads dependency groups since 25.1.
.venv/ready-tests: .venv/ready
	$(BIN)/python -m pip install --quiet --editable ".[data,hdf5,media,sign]" --group dev
	touch $@

# What the catalogue finds in labelled commits and, with HISTORY="REPOSITORY ...", in old contents; writes docs/accuracy.md.
CORPUS ?= ../shared/corpus
evaluate: .venv/ready-tests
	$(BIN)/python bench/evaluate.py $(CORPUS) $(HISTORY)

# Validators from npm, and what requires a hundred packages, each in an environment of its own; tests/needs.py asks
# for them. Outside of CI, lefthook's package would install a hook into this repository.
.venv/ready-npm: tests/tools/package.json .venv/ready-tests
	CI=true npm install --prefix tests/tools --no-package-lock --no-audit --no-fund --silent
	chmod u+x tests/tools/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	touch $@

.venv/ready-dvc .venv/ready-croissant .venv/ready-pipelines .venv/ready-site: .venv/ready-%: .venv/ready-tests
	$(BIN)/uv venv --quiet --clear .venv/$*
	$(BIN)/uv pip install --quiet --python .venv/$* --group $*
	touch $@

# The engine of a cluster, which is larger than all else together; audit/fleet.py imports it where it is asked for.
.venv/ready-ray: .venv/ready-tests
	$(BIN)/python -m pip install --quiet --editable ".[ray]"
	touch $@

# A reader as large.
.venv/ready-lance: .venv/ready-tests
	$(BIN)/python -m pip install --quiet --editable ".[lance]"
	touch $@

clean:
	rm -rf .venv dist build tests/tools/node_modules
