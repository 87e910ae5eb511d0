"""weft profile: where a program's time goes, on the CPU and on GPUs alike.

    weft profile script.py [arguments]      a table and the changes that would help most, on standard error;
                                            weft-profile.html (the same with a roofline picture, stands alone) and
                                            weft-profile.json (a timeline for https://ui.perfetto.dev or chrome://tracing)
    weft profile -o NAME script.py          NAME.html and NAME.json
    weft profile --table script.py          the table alone, no files
    weft profile --measure script.py        what the devices reach is measured anew (the machine was busy the first time)

    with wf.profile() as p:                 in a program or notebook
        …
    print(p); p.save("name")

The runtime keeps a log of kernels, copies, waits and compilations (src/runtime/trace.c); `log.py` turns it into events with
the user's lines, `probe.py` measures once what a device can reach, `table.py` groups and compares, `advice.py` looks for what
would help, `timeline.py` and `page.py` write files. Nothing here is a guess of time: what was not measured is left empty.
"""

import os
import sys
import time

from .. import _core
from . import advice, log, page, probe, table, timeline


class profile:
    """A log of what weft does while it is open: `with wf.profile() as p:`; then print(p), p.save(name), p.rows, p.advice.

    Only one can be open in a process (RuntimeError). Each launch costs some microseconds more while it is.

        >>> with wf.profile() as p:
        ...     total = (wf.ones(1000) * 2).sum().item()
        >>> [event.kind for event in p.events if event.kind in ("kernel", "loops")] != []
        True
    """

    def __init__(self, title="profile"):
        self.title, self.events, self.seconds, self.dropped = title, [], 0.0, 0
        self.reach, self.rows, self.advice = None, [], []

    def __enter__(self):
        if _core.trace_on():
            raise RuntimeError("a profile is open already in this process")
        _core.trace_start()
        self._begin = time.perf_counter()
        return self

    def __exit__(self, *error):
        self.seconds = time.perf_counter() - self._begin
        _core.trace_stop()
        self.events, self.dropped = log.read(), _core.trace_dropped()
        self.reach = {device: probe.reach(device) for device in sorted({event.device for event in self.events if event.kind in log.ON_DEVICE})}
        self.rows = table.rows(self.events, self.reach)
        self.advice = advice.find(self.events, self.rows, self.seconds, self.reach)

    def __str__(self):
        return table.as_text(self) if self.reach is not None else f"profile {self.title!r}, open"

    __repr__ = __str__

    def _repr_html_(self):
        return page.fragment(self) if self.reach is not None else None

    def save(self, name):
        """Writes name.html and name.json; the two paths."""
        paths = [f"{name}.html", f"{name}.json"]
        for path, text in zip(paths, (page.page(self), timeline.as_json(self.events))):
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:  # names of files that are not of the locale's encoding
                file.write(text)
        return paths


def main(arguments, run):
    """The command. run: runs the program of these words, as python -m weft would; its exit code."""
    name, files = "weft-profile", True
    while arguments and arguments[0] in ("-o", "--table", "--measure"):
        if arguments[0] != "-o":
            files, probe.anew = files and arguments[0] != "--table", probe.anew or arguments[0] == "--measure"
            arguments = arguments[1:]
        else:
            name, arguments = (arguments[1] if len(arguments) > 1 else ""), arguments[2:]
    if not arguments or not name:
        print("usage: weft profile [-o NAME] [--table] [--measure] SCRIPT [ARGUMENTS]", file=sys.stderr)
        return 2
    if arguments[0] not in ("-m", "-c") and not os.path.exists(arguments[0]):
        return run(arguments)  # which says so
    code, measured = 0, profile(" ".join(arguments))
    with measured:
        try:
            code = run(arguments)
        except SystemExit as end:
            code = end.code
    sys.stdout.flush()
    print(measured, file=sys.stderr)
    if files:
        try:
            html, json = measured.save(name)
        except OSError as error:
            print(f"\nweft profile: the report cannot be written ({error}); -o /a/folder/name puts it elsewhere, --table writes none", file=sys.stderr)
            return code or 1
        print(f"\nReport: {html}\nTimeline: {json} (open it in https://ui.perfetto.dev)", file=sys.stderr)
    return code
