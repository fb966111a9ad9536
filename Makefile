PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check-format lint types layers tests test-postgres test-ray cluster chaos-cluster chaos chaos-long catalogue clean

demo: $(VENV)/.demo  ## open a local Discord with the real bot in it
	@$(BIN)/python -m playground

test: check-format lint types layers tests  ## everything that must hold

check-format: $(VENV)/.test
	$(BIN)/ruff format --check .

lint: $(VENV)/.test
	$(BIN)/ruff check .

types: $(VENV)/.test
	$(BIN)/mypy

layers: $(VENV)/.test
	$(BIN)/lint-imports

tests: $(VENV)/.test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

test-postgres: $(VENV)/.test  ## bot processes on PostgreSQL (TEST_POSTGRES_URL), all of tests/wire
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --postgresql tests/wire

test-ray: $(VENV)/.ray  ## the engine's contract on Ray, with a Ray of its own on this machine
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 0 tests/cluster

cluster: $(VENV)/.ray  ## a Ray head, two workers and the bot in the playground, here; a job on each
	$(BIN)/python -m tests.chaos_cluster.demo

chaos-cluster: $(VENV)/.ray  ## what an owner is promised of a cluster, under every loss, as a table; ONLY="growing" does not try the rest
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.chaos_cluster $(if $(ONLY),--only $(ONLY))

chaos: $(VENV)/.test  ## every promise at its worst, as a table; WRITE=--write keeps it in tests/CHAOS.md
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.chaos $(WRITE)

chaos-long: $(VENV)/.test  ## the same with 10,000 damaged pictures
	OMP_NUM_THREADS=1 CHAOS_LONG=1 $(BIN)/python -m tests.chaos $(WRITE)

$(VENV)/.demo: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[playground]"
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test]"
	@touch $@

$(VENV)/.ray: $(VENV)/.test
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test,ray]"
	@touch $@

catalogue: $(VENV)/.test  ## collect every sentence anew for translators
	$(BIN)/pybabel -q extract --no-location --sort-output --omit-header -k say:1 -k say_n:1,2 -k locale_str:1 \
		-o bot/messages/locale/darkroom.pot bot

clean:
	rm -rf $(VENV) .cache .demo
