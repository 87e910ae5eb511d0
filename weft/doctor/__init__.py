"""weft doctor: what this machine has, what weft does with it, what is wrong and how to mend it.

    weft doctor               in plain words; the exit code is 0 when nothing stands in the way, else 1
    weft doctor --json        the same for programs
    weft doctor --no-test     without running anything on the devices
    weft doctor --bench       also a short benchmark of each device, with the share of what it could reach

`machine.py` looks at the machine and makes one dictionary of it; `findings.py` has a function for everything that can be
wrong, from that dictionary to a sentence and a fix; `selftest.py` runs the three doors on each device and compares bits with
the CPU; `bench.py` measures; `report.py` writes it down. Nothing but machine.py, selftest.py and bench.py touches the machine, so
every finding is tested by faking its state.
"""

from .findings import find
from .machine import look
from .report import as_json, as_text


OPTIONS = ("--json", "--no-test", "--bench")


def main(arguments=()):
    """Prints the report; returns the exit code. arguments: words of the command line."""
    unknown = [word for word in arguments if word not in OPTIONS]
    if unknown:
        print(f"weft doctor: no option {unknown[0]}; there are {', '.join(OPTIONS[:-1])} and {OPTIONS[-1]}")
        return 2
    state = look()
    if "--no-test" not in arguments and state["numpy"] is None:
        from .selftest import run

        state["tests"] = run()
    if "--bench" in arguments and state["numpy"] is None:
        from .._progress import doing
        from .bench import run

        with doing("weft: measuring") as work:
            state["bench"] = run(work.say)
    findings = find(state)
    print(as_json(state, findings) if "--json" in arguments else as_text(state, findings))
    return int(any(finding.level == "problem" for finding in findings))
