# Safelight: two commands are enough, `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: run setup test lint check torture studies study gallery bench clean

run: setup
	@bash scripts/run.sh $(BIN)/safelight

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt scripts/system.sh
	@bash scripts/system.sh
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the Python packages (several GB the first time, mostly torch) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@echo "Compiling the painting engine …"
	@$(BIN)/python -m safelight.stages.patches.compile
	@touch $(STAMP)

test: setup
	@$(BIN)/python -m pytest -m "not torture and not study" -n auto --maxprocesses 4 --dist loadfile

lint: setup
	@$(BIN)/ruff format --check daemon tests bench
	@$(BIN)/ruff check daemon tests bench
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test

torture: setup
	@$(BIN)/python -m pytest -m torture

# The trainings behind docs/studies, one after the other: hours. Stopped at any moment, the same command goes on.
SHARED ?= ../shared
STUDIES ?= build/studies
studies: setup
	@$(BIN)/python bench/study_segmentation.py $(SHARED) -o $(STUDIES)
	@$(BIN)/python bench/study_report.py $(STUDIES) --data $(SHARED)
	@$(BIN)/python bench/study_classification.py $(SHARED) -o $(STUDIES)/classification
	@$(BIN)/python bench/study_classification_report.py $(STUDIES)/classification --heads
	@$(BIN)/python bench/study_cyclegan.py -o $(STUDIES)/cyclegan --publish docs/studies

# The studies as documents and as decks of slides.
study: setup
	@mkdir -p build
	@$(BIN)/python -m safelight.book.study docs/studies/segmentation.md -o build/study.pdf --slides build/deck.pdf
	@for name in classification cyclegan; do \
	  $(BIN)/python -m safelight.book.study docs/studies/$$name.md -o build/$$name.pdf --slides build/$$name-deck.pdf || exit 1; done

# Pictures of the sample scenes before and after retouching.
gallery: setup
	@$(BIN)/python bench/bench_retouch.py --gallery docs/gallery

bench: setup
	@for file in bench/bench_*.py; do echo "== $$file"; $(BIN)/python $$file; done

clean:
	rm -rf $(VENV) sample .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
