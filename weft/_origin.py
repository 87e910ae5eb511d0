"""Where in the user's Python file a source in CUDA C stands, so that a message about its line 7 can say program.py:27 beside it.

Nothing is remembered: when there is something to tell, the lines that the message shows are looked for in the files of the
functions that are being called. Where a line stands more than once in a file, its neighbours in the source decide; if they
cannot, nothing is said."""

import linecache
import os
import re
import sys

from . import _FRAMES

_PACKAGE = _FRAMES
_FRAMES_MOST, _LINES_MOST = 16, 50000
# "kernel.cu:7:12: error: …" or "  kernel.cu:7:12", with the source's line below it
_PLACE = re.compile(r"^( *)([^\s:]+):(\d+):(\d+)(.*)\n    (.*)$", re.MULTILINE)


def _files():
    """The files of the functions being called, the innermost first; not weft's own."""
    frame, seen = sys._getframe(1), []
    for _ in range(_FRAMES_MOST * 4):
        if frame is None or len(seen) == _FRAMES_MOST:
            break
        name = frame.f_code.co_filename
        if not name.startswith((_PACKAGE, "<frozen")) and name not in seen:
            seen.append(name)
        frame = frame.f_back
    return seen


def _agreement(lines, at, source, number):
    """How many of the source's neighbouring lines stand around line `at` of the file too."""
    count = 0
    for step in (-1, 1):
        for k in range(1, 6):
            i, j = at + step * k, number - 1 + step * k
            if not (0 <= i < len(lines) and 0 <= j < len(source)) or lines[i].strip() != source[j].strip():
                break
            count += 1
    return count


def _in_file(lines, text, number, source):
    """The line's index, -1 where it is not clear which is meant, None where there is none."""
    wanted = text.strip()
    found = [i for i, line in enumerate(lines) if line.strip().endswith(wanted)] if len(wanted) > 1 else []
    if len(found) > 1 and source is not None:
        ranks = sorted(((_agreement(lines, i, source, number), i) for i in found), reverse=True)
        found = [ranks[0][1]] if ranks[0][0] > ranks[1][0] else found
    return found[0] if len(found) == 1 else -1 if found else None


def find(text, number=0, source=None):
    """"program.py:27" for a line of a source, or None: it is in no file, or it is not clear which line is meant. A line that the
    program filled in (by % or format) is placed by its neighbours."""
    for name in _files():
        lines = linecache.getlines(name)
        if len(lines) > _LINES_MOST:
            continue
        at = _in_file(lines, text, number, source)
        for step in (-1, 1, -2, 2, -3, 3) if at is None and source is not None else ():
            k = number - 1 + step
            near = _in_file(lines, source[k], k + 1, source) if 0 <= k < len(source) and len(source[k].strip()) > 5 else None
            if near is not None and near >= 0:
                at = near - step
                break
        if at is not None:
            return f"{_shown(name)}:{at + 1}" if at >= 0 else None
    return None


def _shown(name):
    if name.startswith("<"):
        return name
    near = os.path.relpath(name)
    return near if len(near) < len(name) and not near.startswith("..") else name


def beside(text, source=None):
    """The message with the places in Python files beside those in the sources."""
    lines = source.split("\n") if isinstance(source, str) else None

    def add(match):
        space, name, line, column, rest, shown = match.groups()
        if name.endswith(".py") or name.startswith("<") or os.path.exists(name):
            return match.group()
        place = find(shown, int(line), lines)
        return match.group() if place is None else f"{space}{name}:{line}:{column}{rest} ({place})\n    {shown}"

    try:
        return _PLACE.sub(add, text)
    except Exception:  # a message is worth more than its place
        return text
