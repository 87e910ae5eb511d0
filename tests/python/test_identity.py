"""The programs of tests/identity give the committed hashes, made on a GPU, on whatever device this is."""
import importlib.util
import json
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "identity"
sys.path.insert(0, str(FOLDER))
spec = importlib.util.spec_from_file_location("identity", FOLDER / "identity.py")
identity = importlib.util.module_from_spec(spec)
spec.loader.exec_module(identity)
HASHES = json.loads((FOLDER / "hashes.json").read_text())


def test_every_program_has_a_hash():
    assert set(HASHES) == set(identity.PROGRAMS)


@pytest.mark.parametrize("name", sorted(identity.PROGRAMS))
def test_same_bits(name):
    assert identity.run(name, "cpu") == HASHES[name]
