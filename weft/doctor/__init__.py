"""weft doctor: what this machine has, what weft does with it, what is wrong and how to mend it.

    weft doctor               in plain words; the exit code is 0 when nothing stands in the way, else 1
    weft doctor --json        the same for programs
    weft doctor --no-test     without running anything on the devices

`machine.py` looks at the machine and makes one dictionary of it; `findings.py` has a function for everything that can be
wrong, from that dictionary to a sentence and a fix; `selftest.py` runs the three doors on each device and compares bits with
the CPU; `report.py` writes it down. Nothing but machine.py and selftest.py touches the machine, so every finding is tested by
faking its state.
"""

from .findings import find
from .machine import look
from .report import as_json, as_text


def main(arguments=()):
    """Prints the report; returns the exit code. arguments: words of the command line."""
    unknown = set(arguments) - {"--json", "--no-test"}
    if unknown:
        print(f"weft doctor: no option {sorted(unknown)[0]}; there are --json and --no-test")
        return 2
    state = look()
    if "--no-test" not in arguments:
        from .selftest import run

        state["tests"] = run()
    findings = find(state)
    print(as_json(state, findings) if "--json" in arguments else as_text(state, findings))
    return int(any(finding.level == "problem" for finding in findings))
