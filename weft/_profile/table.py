"""Events grouped by what they are, with the share of what the device could reach; and the table as text."""

from collections import Counter
from dataclasses import dataclass

from . import log

MOST_ROWS = 25


@dataclass
class Row:
    kind: str
    name: str
    device: str
    place: str          # the most frequent one
    places: int
    calls: int
    seconds: float      # all calls together
    bytes: int          # all calls together; 0: unknown
    operations: int
    double: bool
    threads: int        # of the largest call
    share: float | None = None   # of the bandwidth or arithmetic that the device reaches, whichever is nearer; None: unknown
    bound: str = ""     # which of the two that is: "memory", "arithmetic", "link"

    @property
    def each(self):
        return self.seconds / self.calls


def rows(events, reach):
    """A row for each kind, name and device, the longest time first."""
    groups = {}
    for event in events:
        groups.setdefault((event.kind, event.name, event.device), []).append(event)
    made = []
    for (kind, name, device), group in groups.items():
        places = Counter(event.place for event in group if event.place)
        row = Row(kind, name, device, places.most_common(1)[0][0] if places else "", len(places), len(group), sum(e.seconds for e in group),
                  sum(e.bytes for e in group), sum(e.operations for e in group), any(e.flags & log.DOUBLE for e in group),
                  max(e.threads for e in group))
        row.share, row.bound = _share(row, reach.get(device, {}))
        made.append(row)
    return sorted(made, key=lambda row: -row.seconds)


def _share(row, reach):
    if not row.seconds or not reach or row.kind not in log.ON_DEVICE:
        return None, ""
    link = {"copy in": "in", "copy out": "out"}.get(row.kind)
    found = []
    if row.bytes:
        moved = row.bytes * (2 if row.kind == "copy within" else 1)
        found.append((moved / row.seconds / reach[link or "bytes"], "link" if link else "memory"))
    if row.operations:
        found.append((row.operations / row.seconds / reach["float64" if row.double else "float32"], "arithmetic"))
    return max(found, default=(None, ""), key=lambda one: one[0])


def span(seconds):
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if seconds * factor >= 1 or unit == "us":
            return f"{seconds * factor:.3g} {unit}"


def amount(count, unit="B"):
    for prefix in ("", "k", "M", "G", "T"):
        if count < 1000 or prefix == "T":
            return f"{count:.3g} {prefix}{unit}"
        count /= 1000


def cells(row, total):
    """The row's texts, in the order of HEADS."""
    rate = f"{row.bytes / row.seconds / 1e9:.3g}" if row.bytes and row.seconds else ""
    share = "" if row.share is None else f"{row.share:.0%} {row.bound}"
    where = row.place + (f" and {row.places - 1} more" if row.places > 1 else "")
    return [span(row.seconds), f"{row.seconds / total:.0%}" if total else "", str(row.calls), span(row.each),
            amount(row.bytes / row.calls) if row.bytes else "", rate, share, row.name if row.name.startswith(row.kind) else f"{row.kind} {row.name}", row.device if row.kind in log.ON_DEVICE else "", where]


HEADS = ("time", "of all", "calls", "each", "bytes each", "GB/s", "of reach", "what", "device", "where")
_LEFT = {"of reach", "what", "device", "where"}


def as_text(measured):
    """The table, what the devices reach, and the advice."""
    shown = measured.rows[:MOST_ROWS]
    lines = [f"{measured.title}: {span(measured.seconds)}, {len(measured.events)} events"]
    if measured.dropped:
        lines.append(f"{measured.dropped} more events came after the log was full")
    for device, reach in measured.reach.items():
        if reach:
            lines.append(f"{device} reaches {amount(reach['bytes'], 'B/s')} of its memory, {amount(reach['float32'], 'op/s')} in float32, "
                         f"{amount(reach['float64'], 'op/s')} in float64, {amount(reach['in'], 'B/s')} from the host")
    if not shown:
        return "\n".join([*lines, "Nothing ran on weft."])
    body = [list(HEADS), *(cells(row, measured.seconds) for row in shown)]
    widths = [max(len(line[i]) for line in body) for i in range(len(HEADS))]
    lines.append("")
    for line in body:
        lines.append("  ".join(cell.ljust(width) if head in _LEFT else cell.rjust(width) for cell, width, head in zip(line, widths, HEADS)).rstrip())
    if len(measured.rows) > MOST_ROWS:
        lines.append(f"… and {len(measured.rows) - MOST_ROWS} more")
    if measured.advice:
        lines += ["", "What would help most:"]
        lines += [f"{i}. {one.text} (up to {span(one.seconds)})" for i, one in enumerate(measured.advice, 1)]
    return "\n".join(lines)
