# The commands of weft. Two of them need nothing but Python >= 3.11 with pip, make and a C compiler:
#   make demo    a virtual environment, weft installed into it, the main job on real input beside NumPy
#   make test    the C tests (ctest) and the Python tests (pytest) against the installed package
#   make bench   the benchmarks beside their peers          make accuracy   the device library, all 2^32 inputs (2 core-hours; on a GPU: tests/accuracy/measure.py)
#   make docs    the documentation site, in docs/_build/html; warnings are errors
#   make format  clang-format over the C files              make clean      everything that was made here
PYTHON ?= python3
VENV   ?= .venv
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
BIN    := $(VENV)/bin
RUN    := $(abspath $(BIN)/python)
# What the installed package is made of; when none of it changed, it is not installed again.
INPUTS := pyproject.toml CMakeLists.txt $(shell find src device cmake weft -type f \
            \( -name '*.c' -o -name '*.h' -o -name '*.cu' -o -name '*.def' -o -name '*.py' \) 2>/dev/null)
C_FILES = $(shell find src device tests bench -name '*.c' -o -name '*.h')

.PHONY: demo test test-c test-python bench accuracy docs format format-check clean

demo: $(VENV)/installed
	$(RUN) examples/demo.py

# What `make accuracy` has measured so far: it goes on from there. ACCURACY_ARGS: options of tests/accuracy/exhaustive.c.
ACCURACY_RESULTS ?= build-test/accuracy.results
ACCURACY_SAMPLES ?= 100000000

# The loops of the installed package are the optimised ones; the C tests' need not be optimised again.
QUICK := -DWEFT_LOOPS_OPTIMIZE=-O1

test: test-c test-python

# CMake comes from the package index too, so that a C compiler and make are enough.
test-c: $(VENV)/installed-test
	$(BIN)/cmake -S . -B build-test -G "Unix Makefiles" -DWEFT_EXTENSION=OFF -DPython_EXECUTABLE=$(RUN) $(QUICK)
	$(BIN)/cmake --build build-test -j $(JOBS)
	$(BIN)/ctest --test-dir build-test --output-on-failure -j $(JOBS)

# From inside tests/: in the source folder, Python would find the package without its compiled core.
# Some Python tests call programs of build-test/tests; they skip, and say so, where those are not built.
test-python: $(VENV)/installed-test
	cd tests && WEFT_EMIT_DUMP=$(abspath build-test/tests/tools/emit_dump) $(RUN) -m pytest . $(PYTEST_ARGS)

bench: $(VENV)/installed-test
	cd bench && $(RUN) cpu_kernels.py && $(RUN) math_functions.py --counts 16384 --rounds 3
	cd bench && if $(RUN) -c "import sys, weft; sys.exit(not weft.devices('cuda'))"; then \
	  for file in gpu_*.py; do $(RUN) $$file || exit 1; done; else echo "no GPU here: gpu_*.py left out"; fi

accuracy: $(VENV)/installed-test
	$(BIN)/cmake -S . -B build-test -G "Unix Makefiles" -DWEFT_EXTENSION=OFF -DPython_EXECUTABLE=$(RUN)
	$(BIN)/cmake --build build-test -j $(JOBS) --target accuracy exhaustive
	build-test/tests/accuracy/exhaustive --threads $(JOBS) --results $(ACCURACY_RESULTS) $(ACCURACY_ARGS); \
	  build-test/tests/accuracy/accuracy --threads $(JOBS) --samples $(ACCURACY_SAMPLES) --results $(ACCURACY_RESULTS); \
	  $(RUN) tests/accuracy/report.py $(ACCURACY_RESULTS) >docs/accuracy.md

# The gallery's programs run for it, so the package must be installed.
docs: $(VENV)/installed
	$(RUN) -m pip install --quiet --disable-pip-version-check ".[docs]"
	$(RUN) -P -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

format:
	clang-format -i $(C_FILES)

format-check:
	clang-format --dry-run -Werror $(C_FILES)

# Debian's Python without python3-venv cannot put pip into the environment itself: then the outer pip does.
$(BIN)/python:
	$(PYTHON) -m venv $(VENV) 2>/dev/null || \
	  ($(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install pip)

$(VENV)/installed: $(BIN)/python $(INPUTS)
	@echo "weft is compiled and installed into $(VENV): about two minutes on two cores, and pip says nothing meanwhile"
	$(RUN) -m pip install --quiet --disable-pip-version-check .
	touch $@

# In one go with the extra: pip builds a folder anew each time that it is asked to install it.
$(VENV)/installed-test: $(BIN)/python $(INPUTS)
	@echo "weft is compiled and installed into $(VENV), with what its tests need: about three minutes on two cores, and pip says nothing meanwhile"
	$(RUN) -m pip install --quiet --disable-pip-version-check "cmake>=3.20" ".[test]"
	touch $(VENV)/installed $@

clean:
	rm -rf docs/_build docs/generated build build-* $(VENV) dist .pytest_cache .hypothesis
