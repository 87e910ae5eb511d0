#!/bin/sh
# Everything that a machine with an NVIDIA GPU should run once: the Python tests on the GPU, the tests of its own, the examples.
# The extension must be importable (installed, or built in place). Usage: tests/gpu/run_all.sh [pytest arguments]
# PYTHON: the interpreter (python3). Ends with the number of steps that failed.
set -u
PYTHON=${PYTHON:-python3}
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
export WEFT_DEVICE=${WEFT_DEVICE:-cuda}
failed=0

step() { # step NAME COMMAND...: runs it, tells how it ended
    name=$1
    shift
    echo "== $name"
    if "$@"; then echo "-- ok: $name"; else
        echo "-- FAILED: $name"
        failed=$((failed + 1))
    fi
}

step "devices" "$PYTHON" -m weft doctor
step "tests of a GPU" "$PYTHON" -m pytest -q --import-mode=importlib -rs "$ROOT/tests/gpu" "$@"
step "the Python tests on the GPU" "$PYTHON" -m pytest -q --import-mode=importlib -rs "$ROOT/tests/python" "$@"
for example in pycuda_matmul pycuda_errors pycuda_multi_gpu; do
    step "examples/$example.py" "$PYTHON" -m weft "$ROOT/examples/$example.py"
done
step "examples/demo.py" "$PYTHON" "$ROOT/examples/demo.py"
echo "$failed steps failed"
exit "$failed"
