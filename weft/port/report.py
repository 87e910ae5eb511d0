"""The result of weft port, as text for people and as JSON for programs."""

import json
from dataclasses import asdict, dataclass

from .coverage import PEERS, STATUSES
from .scan import OTHERS

_SHOWN = {"numpy": "NumPy"}


@dataclass(frozen=True)
class Row:
    file: str
    line: int
    name: str
    status: str
    remark: str


def as_json(rows):
    return json.dumps({"uses": [asdict(row) for row in rows], "counts": {status: len(_names(rows, status)) for status in STATUSES}}, indent=1)


def _names(rows, status):
    return {row.name if row.name != "CUDA C" else (row.file, row.line) for row in rows if row.status == status and row.name not in OTHERS}


def _summary(rows, count):
    peers = [peer for peer in PEERS if any(row.name.partition(".")[0] == peer for row in rows)]
    if not peers and not any(row.name == "CUDA C" for row in rows):
        return f"{count} file{'s' if count != 1 else ''}: no use of {', '.join(PEERS)}."
    told = [f"{len(_names(rows, status))} {_SHOWN.get(status, status)}" for status in STATUSES if _names(rows, status)]
    return f"Names of {', '.join(peers) or 'CUDA C'}: {', '.join(told)}."


def as_text(rows, everything, paths, count):
    """A block for each file: line, name, how it is covered, what to do; then the counts."""
    others = sorted({row.name for row in rows if row.name in OTHERS})
    shown = [row for row in rows if row.name not in OTHERS and (everything or row.status not in ("native", "partly"))]
    lines = []
    for file in dict.fromkeys(row.file for row in shown):
        mine = [row for row in shown if row.file == file]
        width = max(len(row.name) for row in mine)
        lines.append(file)
        lines += [f"{row.line:6}  {row.name:<{width}}  {_SHOWN.get(row.status, row.status):<7}  {row.remark}".rstrip() for row in mine]
        lines.append("")
    lines.append(_summary(rows, count))
    lines += [f"{name} is used as well: weft has no drop-in for it, it runs as it is installed." for name in others]
    missing = any(row.status in ("missing", "refused") for row in rows)
    if any(row.name.partition(".")[0] in PEERS for row in rows):
        run = f"python -m weft {paths[0] if count == 1 else 'PROGRAM'}"
        lines.append(f"It stops where a missing or refused name is reached: {run}" if missing else f"Run it: {run}")
    return "\n".join(lines)
