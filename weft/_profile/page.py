"""The report as one HTML file that needs nothing else: what would help, a roofline for each device, the time line, the table."""

import math
from html import escape

from .._svg import HUES, Picture
from . import log, table

_COLOURS = {"kernel": HUES[0], "loops": HUES[4], "library": HUES[5], "copy in": HUES[1], "copy out": HUES[3], "copy within": HUES[7], "fill": HUES[6],
            "wait": "#999999", "compile": HUES[2], "load": "#2e6f2b", "host": HUES[6]}
_STYLE = """<style>
.weft-report { font: 14px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 0 auto; }
.weft-report h1 { font-size: 22px; } .weft-report h2 { font-size: 17px; margin: 28px 0 6px; }
.weft-report table { border-collapse: collapse; font-size: 13px; } .weft-report td, .weft-report th { padding: 2px 10px 2px 0; text-align: right; white-space: nowrap; }
.weft-report .left { text-align: left !important; } .weft-report tr:hover td { background: #8882; } .weft-report .scroll { overflow-x: auto; }
.weft-report .key span { display: inline-block; width: 10px; height: 10px; margin: 0 4px 0 12px; }
</style>"""
MOST_DRAWN = 4000  # events in the time line
LINE = 13          # from one name to the next below
MOST_NAMED = 4     # kernels whose name stands in the roofline


def page(measured):
    return ("<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>weft profile: {escape(measured.title)}</title><style>:root {{ color-scheme: light dark; }} body {{ margin: 24px; }}</style></head>"
            f"<body>{fragment(measured)}</body></html>")


def fragment(measured):
    """The report without a page around it, for notebooks."""
    parts = [_STYLE, "<div class='weft-report'>", f"<h1>{escape(measured.title)}</h1>",
             f"<p>{table.span(measured.seconds)}, {len(measured.events)} events"
             + (f"; {measured.dropped} more came after the log was full" if measured.dropped else "") + "</p>"]
    if measured.advice:
        parts.append("<h2>What would help most</h2><ol>" + "".join(
            f"<li>{escape(one.text)} <i>(up to {table.span(one.seconds)})</i></li>" for one in measured.advice) + "</ol>")
    for device, reach in measured.reach.items():
        mine = [row for row in measured.rows if row.device == device and row.kind in ("kernel", "loops", "library") and row.seconds]
        if reach and mine:
            parts.append(f"<h2>{escape(device)}: kernels under its roof</h2><div class='scroll'>{roofline(mine, reach, device)}</div>"
                         "<p>Across: operations for each byte of memory; up: operations in a second. The slope is what the memory delivers, the lines "
                         "at the top what the arithmetic does, both measured here. Operations are those of floating point, counted in the kernel's "
                         "source with its arguments; kernels that have none, or whose number depends on data, stand at the left edge, as high as "
                         "the share of the bandwidth that they reach.</p>")
    parts.append(f"<h2>Time line</h2><div class='scroll'>{timeline(measured.events)}</div>{_key(measured.events)}")
    parts.append("<h2>Where the time goes</h2><div class='scroll'>" + _table(measured) + "</div></div>")
    return "".join(parts)


def _table(measured):
    left = [head in ("of reach", "what", "device", "where") for head in table.HEADS]
    line = lambda tag, words: "<tr>" + "".join(f"<{tag}{' class=left' if l else ''}>{escape(w)}</{tag}>" for w, l in zip(words, left)) + "</tr>"  # noqa: E731
    return "<table>" + line("th", table.HEADS) + "".join(line("td", table.cells(row, measured.seconds)) for row in measured.rows) + "</table>"


def _key(events):
    kinds = [kind for kind in _COLOURS if any(event.kind == kind for event in events)]
    return "<p class='key'>" + "".join(f"<span style='background:{_COLOURS[kind]}'></span>{kind}" for kind in kinds) + "</p>"


# --- the roofline: both axes are logarithmic, powers of ten apart ---

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 760, 400, 70, 44, 14


def roofline(rows, reach, device):
    points = [(row.operations / row.bytes, row.operations / row.seconds, row) for row in rows if row.operations and row.bytes]
    low_x = min([0.05, *(x for x, _, _ in points)])
    high_x = max([4 * reach["float32"] / reach["bytes"], *(2 * x for x, _, _ in points)])
    high_y = 2 * max([reach["float32"], reach["float64"], *(y for _, y, _ in points)])
    low_y = min([low_x * reach["bytes"] / 100, *(y / 2 for _, y, _ in points),
                 *(row.bytes / row.seconds * low_x / 2 for row in rows if row.bytes and not row.operations and row.seconds)])
    x_of = lambda x: LEFT + (WIDTH - LEFT - 10) * math.log(x / low_x) / math.log(high_x / low_x)  # noqa: E731
    y_of = lambda y: TOP + (HEIGHT - TOP - BOTTOM) * math.log(high_y / y) / math.log(high_y / low_y)  # noqa: E731
    picture = Picture(WIDTH, HEIGHT, f"roofline of {device}")
    for power in range(math.ceil(math.log10(low_x)), math.floor(math.log10(high_x)) + 1):
        picture.line(x_of(10**power), TOP, x_of(10**power), HEIGHT - BOTTOM, stroke_opacity=0.15)
        picture.text(x_of(10**power), HEIGHT - BOTTOM + 16, f"{10.0**power:g}", "middle")
    for power in range(math.ceil(math.log10(low_y)), math.floor(math.log10(high_y)) + 1):
        picture.line(LEFT, y_of(10**power), WIDTH - 10, y_of(10**power), stroke_opacity=0.15)
        picture.text(LEFT - 6, y_of(10**power) + 4, table.amount(10.0**power, ""), "end")
    picture.text((LEFT + WIDTH) / 2, HEIGHT - 8, "operations for each byte", "middle")
    picture.text(14, HEIGHT / 2, "operations in a second", "middle", transform=f"rotate(-90 14 {HEIGHT / 2})")
    lower = min(("float32", "float64"), key=lambda kind: reach[kind])
    close = abs(y_of(reach["float32"]) - y_of(reach["float64"])) < 16  # then the lower one's words stand below its line
    for kind, colour in (("float32", HUES[2]), ("float64", HUES[5])):
        knee = reach[kind] / reach["bytes"]
        if low_x < knee:
            picture.line(x_of(knee), y_of(reach[kind]), WIDTH - 10, y_of(reach[kind]), stroke=colour, stroke_opacity=1, stroke_width=2)
            picture.text(WIDTH - 14, y_of(reach[kind]) + (14 if close and kind == lower else -5), f"{kind} {table.amount(reach[kind], 'op/s')}", "end")
    knee = max(reach["float32"], reach["float64"]) / reach["bytes"]
    picture.line(x_of(low_x), y_of(low_x * reach["bytes"]), x_of(knee), y_of(knee * reach["bytes"]), stroke=HUES[1], stroke_opacity=1, stroke_width=2)
    picture.text(x_of(low_x) + 8, y_of(low_x * reach["bytes"]) - 26, table.amount(reach["bytes"], "B/s"))
    most, taken = max(row.seconds for row in rows), []
    for row in rows:
        if row.operations and row.bytes:
            x, y = row.operations / row.bytes, row.operations / row.seconds
        elif row.bytes:
            x, y = low_x, row.bytes / row.seconds * low_x
        else:
            continue
        said = f"{row.name}: {table.span(row.seconds)} in {row.calls} calls, {row.share:.0%} of reach ({row.bound})" if row.share is not None else row.name
        picture.add("circle", f"<title>{escape(said)}</title>", cx=x_of(x), cy=y_of(min(max(y, low_y), high_y)), r=4 + 8 * math.sqrt(row.seconds / most),
                    fill=_COLOURS[row.kind], fill_opacity=0.5, stroke=_COLOURS[row.kind])
        if row in rows[:MOST_NAMED]:
            left = x_of(x) > 0.65 * WIDTH  # a name that would not fit on the right
            name = row.name if len(row.name) < 34 else row.name[:32] + "…"
            at = x_of(x) + (-14 if left else 14)
            height = _free_line(taken, at - (7 * len(name) if left else 0), 7 * len(name), y_of(min(max(y, low_y), high_y)) + 4)
            picture.text(at, height, name, "end" if left else "start", font_size=11)
    return picture


def _free_line(taken, left, width, height):
    """The height nearest to this one at which a name of that width lies over no other; taken: [(left, width, height)], to which it is added."""
    def free(at):
        return all(abs(at - other) >= LINE or left + width < start or start + length < left for start, length, other in taken)

    height = next((at for step in range(MOST_NAMED + 1) for at in (height - LINE * step, height + LINE * step)
                   if TOP < at < HEIGHT - BOTTOM + LINE and free(at)), height)
    taken.append((left, width, height))
    return height


# --- the time line: a lane for each of the host's threads and each stream ---


def timeline(events):
    """The longest spans; what is too short to be seen is left out."""
    end = max((max(e.end, e.returned) for e in events), default=0) or 1
    lanes = {}
    for event in events:
        lanes.setdefault(("host", event.thread), [])
        if event.kind in log.ON_DEVICE and event.timed:
            lanes.setdefault((event.device, event.stream), []).append((event.begin, event.end, event))
        else:
            lanes["host", event.thread].append((event.called, event.returned, event))
    names = sorted(lanes, key=lambda lane: (lane[0] != "host", lane))
    picture = Picture(1060, 24 * len(names) + 30, "time line")
    scale = 950 / end
    for row, lane in enumerate(names):
        y = 24 * row + 4
        picture.text(100, y + 13, f"{lane[0]} {'thread' if lane[0] == 'host' else 'stream'} {lane[1]}", "end", font_size=11)
        spans = sorted(lanes[lane], key=lambda s: s[0] - s[1])[:MOST_DRAWN // len(names)]
        for begin, finish, event in spans:
            picture.box(106 + begin * scale, y, max((finish - begin) * scale, 0.5), 18, _COLOURS[event.kind],
                        f"{event.kind} {event.name} {table.span(finish - begin)} {event.place}", rx=0, fill_opacity=0.8, stroke="none")
    y = 24 * len(names) + 10
    picture.line(106, y, 1056, y)
    for tenth in range(0, 11, 2):
        picture.text(106 + 95 * tenth, y + 14, table.span(end * tenth / 10) if tenth else "0", "end" if tenth == 10 else "middle", font_size=11)
    return picture
