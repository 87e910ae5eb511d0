"""cupy_names.py in a process of its own, under the drop-in."""
import pathlib
import subprocess
import sys


def test_names_that_scipy_has_given_up_or_lays_elsewhere():
    file = pathlib.Path(__file__).with_name("cupy_names.py")
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", str(file)],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]
