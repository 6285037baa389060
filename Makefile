# make try: see the gate at work. make test: the whole suite. Both need Python 3.11 or later, git and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: try test check coverage docs pictures bench evaluate clean

try: .venv/ready
	$(BIN)/ringfence try

test: .venv/ready-tests
	$(BIN)/python -m pytest -n auto --dist worksteal

# Format, lint, types, layers; .ci/run asks for these before the tests.
check: .venv/ready-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Branches that no test takes, hooks in their own processes included.
coverage: .venv/ready-tests
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --show-missing

docs: .venv/ready-tests
	$(BIN)/python docs/generate.py

# The pictures in the docs, from real output; needs a Chromium.
pictures: .venv/ready-tests
	$(BIN)/python docs/pictures.py

bench: .venv/ready-tests
	$(BIN)/python bench/speed.py
	$(BIN)/python bench/data.py

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# pip reads dependency groups since 25.1.
.venv/ready-tests: .venv/ready
	$(BIN)/python -m pip install --quiet --editable ".[data,media,sign]" --group dev
	touch $@

# What the catalogue finds in labelled commits and, with HISTORY="REPOSITORY ...", in old contents; writes docs/accuracy.md.
CORPUS ?= ../shared/corpus
evaluate: .venv/ready-tests
	$(BIN)/python bench/evaluate.py $(CORPUS) $(HISTORY)

# Validators from npm, and DVC in an environment of its own (it requires a hundred packages), for the tests that need
# them; without them those tests are skipped.
.venv/ready-tools: tests/tools/package.json .venv/ready-tests
	npm install --prefix tests/tools --no-package-lock --no-audit --no-fund --silent
	$(BIN)/uv venv --quiet --clear .venv/dvc
	$(BIN)/uv pip install --quiet --python .venv/dvc --group dvc
	chmod u+x tests/tools/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
	touch $@

clean:
	rm -rf .venv dist build tests/tools/node_modules
