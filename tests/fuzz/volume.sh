#!/bin/bash
# volume.sh: the CUDA C fuzzer for volume: fuzz_cudac.c under drive.c on all processors.
#
#     tests/fuzz/volume.sh SECONDS FOLDER [PROCESSES]
#
# gcc builds the driver twice, the second time with what a short run of the first one taught it (profile-guided; half the time
# for one run of the fuzzer). FOLDER gets the driver, the seeds, the count of runs (total) and what was found (finds); when it is
# there already the count goes on. Finds are printed as text in base64.
set -e
SECONDS_TO_RUN=$1 FOLDER=$2 PROCESSES=${3:-$(nproc)}
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$FOLDER/finds" "$FOLDER/objects" && cd "$FOLDER"
export WEFT_FUZZ_TOTAL=$PWD/total

build() { # flags: every file that the front-end and the emitter need
    local files="$ROOT/src/base/*.c $ROOT/src/lang/*.c $ROOT/src/cudac/*.c $ROOT/src/emit/*.c $ROOT/src/program/library.c
        $ROOT/src/runtime/debug.c $ROOT/src/runtime/env.c $ROOT/tests/fuzz/fuzz_cudac.c $ROOT/tests/fuzz/mutate.c
        $ROOT/tests/fuzz/drive.c embed.c"
    local flags="-std=gnu11 -O2 -march=native -ffp-contract=off -w -I$ROOT/src -I$ROOT -DWEFT_VERSION=\"fuzz\" $*"
    ls $files | xargs -P "$(nproc)" -I{} sh -c \
        'gcc '"${flags//\"/\\\"}"' -c {} -o objects/$(echo {} | sed "s,.*/src/,,; s,.*/tests/,,; s,/,_,g").o'
    gcc -flto=auto $flags objects/*.o -o drive -lm -ldl -lpthread
}

if [ ! -x drive ]; then
    (cd "$ROOT" && find device -maxdepth 1 -name '*.[hcd]*' | sort | sed "s,^,$ROOT/," > "$FOLDER/device" &&
        find device/include -type f | sort | sed "s,^,$ROOT/," > "$FOLDER/include")
    python3 "$ROOT/cmake/embed.py" embed.c $(cat device) --include "$ROOT/device/include" $(cat include)
    python3 "$ROOT/tests/fuzz/seeds.py" seeds
    build -flto -fprofile-generate -fprofile-update=single
    WEFT_FUZZ_TOTAL= ./drive 15 finds seeds || true
    build -flto -fprofile-use -Wno-missing-profile
fi
for _ in $(seq "$PROCESSES"); do
    ./drive "$SECONDS_TO_RUN" finds seeds 2>/dev/null &
    sleep 0.01 # another random number for each
done
wait
echo "runs so far: $(cat total 2>/dev/null || echo 0), finds: $(ls finds | wc -l)"
for find in $(ls finds | head -60); do
    echo "FIND $find"
    base64 -w0 "finds/$find"
    echo
done
