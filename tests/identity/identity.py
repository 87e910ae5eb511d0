"""Same program, same bits: runs the programs and compares a hash of what each gives with the committed ones.

    python tests/identity/identity.py [--device cpu|cuda:0] [--cupy] [--write]
--write makes tests/identity/hashes.json from this device (it is made on a GPU, CI recomputes it on the CPU).
--cupy runs the programs through CuPy instead, to check the programs, and prints which hashes agree with the file.
"""
import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import python_programs  # noqa: E402,F401
from programs import PROGRAMS  # noqa: E402
from session import CupySession, WeftSession  # noqa: E402

FILE = Path(__file__).parent / "hashes.json"


def digest(outputs):
    """One hash of all outputs; every NaN counts as the same NaN."""
    h = hashlib.blake2b(digest_size=12)
    for name in sorted(outputs):
        a = np.ascontiguousarray(outputs[name])
        if a.dtype.kind == "f":
            a = np.where(np.isnan(a), np.array(np.nan, a.dtype), a)
        h.update(f"{name} {a.dtype.str} {a.size} ".encode() + a.astype(a.dtype.newbyteorder("<")).tobytes())
    return h.hexdigest()


def run(name, device="cpu", session=WeftSession):
    with session(name, device) as opened:
        return digest(PROGRAMS[name](opened))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--cupy", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    known = json.loads(FILE.read_text()) if FILE.exists() else {}
    found, passed, failed = {}, 0, 0
    for name in PROGRAMS:
        if args.only not in name or (args.cupy and name.startswith("py_")):
            continue
        try:
            found[name] = run(name, args.device, CupySession if args.cupy else WeftSession)
            state = "same" if known.get(name) == found[name] else "new" if name not in known else "DIFFERENT"
        except Exception as error:
            state = f"FAILED {type(error).__name__}: {str(error)[:600]}"
        failed += state[0] in "DF"
        passed += state[0] not in "DF"
        print(f"{name:28s} {found.get(name, ''):26s} {state}")
    if args.write:
        FILE.write_text(json.dumps(found, indent=1) + "\n")
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
