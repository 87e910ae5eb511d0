#!/bin/sh
# Builds the runtime by itself (no CMake, no Python) with tests/gpu/runtime_gpu.c and runs it. Needs cc and a GPU.
set -e
cd "$(dirname "$0")/../.."
out="${TMPDIR:-/tmp}/runtime_gpu.$$"
base="src/base/memory.c src/base/status.c src/base/text.c src/base/arena.c src/base/hash.c src/base/pool.c src/base/system.c"
${CC:-cc} -std=gnu11 -O2 -g -ffp-contract=off -Isrc tests/gpu/runtime_gpu.c $base src/runtime/*.c -o "$out" -lpthread -ldl -lm
"$out"; status=$?
rm -f "$out"
exit $status
