"""The changes that would help most, from the events: a function for each pattern, each with the time that it could save at most.

The time is an upper bound: that of the events it concerns beyond what one well-made event would take, never more.
"""

from collections import defaultdict
from dataclasses import dataclass

from .. import _core
from . import log

MOST = 3
LEAST_SHARE = 0.02       # of the whole time, to be worth a sentence
MANY = 10                # times at one place: a loop
SMALL = {"cuda": 10e-6, "cpu": 20e-6}  # s: a kernel that is over sooner costs less than its launch
LAUNCH = {"cuda": 4e-6, "cpu": 2e-6}   # s, about: what a launch costs in a burst
# Compute capabilities of cards whose float64 units are 1/32 or 1/64 of their float32 ones.
CONSUMER = {50, 52, 61, 75, 86, 87, 89, 110, 120, 121}


@dataclass
class Advice:
    id: str
    seconds: float
    text: str


_ALL = []


def pattern(function):
    _ALL.append(function)
    return function


def find(events, rows, seconds, reach):
    """At most three, the most time first."""
    found = [one for check in _ALL for one in check(events, rows, reach, seconds)]
    found = [one for one in found if one.seconds >= LEAST_SHARE * seconds]
    return sorted(found, key=lambda one: -one.seconds)[:MOST]


def _at_places(events, kinds, least=MANY):
    """{(place, device): events} of these kinds, where a place has many."""
    groups = defaultdict(list)
    for event in events:
        if event.kind in kinds and event.place:
            groups[event.place, event.device].append(event)
    return {key: group for key, group in groups.items() if len(group) >= least}


def _kind(device):
    return device.partition(":")[0]


@pattern
def copy_in_a_loop(events, rows, reach, seconds):
    for (place, device), group in _at_places(events, ("copy in", "copy out")).items():
        spent = sum(e.seconds for e in group)
        ways = {e.kind for e in group}
        to = "to and from" if len(ways) > 1 else "to" if "copy in" in ways else "from"
        yield Advice("copy-in-a-loop", spent * (1 - 1 / len(group)),
                     f"{place} copies {to} {device} {len(group)} times: keep the arrays there (wf.asarray once; wf.In, wf.Out and NumPy arguments "
                     "copy at every launch), and fetch the result once, after the loop")


@pattern
def small_launches(events, rows, reach, seconds):
    for (place, device), group in _at_places(events, ("kernel", "loops"), 50).items():
        short = [e for e in group if e.seconds < SMALL[_kind(device)]]
        if len(short) < len(group) / 2:
            continue
        spent = sum(max(e.returned - e.called, LAUNCH[_kind(device)]) for e in short)
        most = max(e.threads for e in short)
        doing = f"for at most {most} threads" if short[0].kind == "kernel" else "for a small array"
        yield Advice("small-launches", spent, f"{place} starts {len(short)} times work that is over in "
                     f"{sum(e.seconds for e in short) / len(short) * 1e6:.1f} us, {doing}: give each launch more (larger arrays, a batch "
                     "dimension, the loop inside the kernel)")


@pattern
def wait_in_a_loop(events, rows, reach, seconds):
    for (place, device), group in _at_places(events, ("wait",)).items():
        if _kind(device) == "cuda":  # the queue runs dry: about a launch, and as much again until the next kernel starts
            yield Advice("wait-in-a-loop", 2 * LAUNCH["cuda"] * len(group) + _ready(group),
                         f"{place} waits {len(group)} times: without the wait the host prepares the next launch meanwhile; work of one stream "
                         "stays in order by itself")


def _ready(group):
    """Time spent in waits that had nothing to wait for any more (under 20 us)."""
    return sum(e.seconds for e in group if e.seconds < 20e-6)


@pattern
def through_numpy(events, rows, reach, seconds):
    for row in rows:
        if row.kind == "host":
            yield Advice("through-numpy", row.seconds, f"{row.name} ({row.place}) runs through NumPy on the CPU, {row.calls} times: "
                         "a function that weft has a kernel for, or a kernel of your own, stays on the device")


@pattern
def compiling(events, rows, reach, seconds):
    mine = [e for e in events if e.kind in ("compile", "load")]
    spent = sum(e.seconds for e in mine)
    names = defaultdict(int)
    for event in mine:
        names[event.name] += event.kind == "compile"
    again = max(names, key=names.get, default=None)
    if again and names[again] > 5:
        yield Advice("compiled-again", spent, f"{again} was compiled {names[again]} times: a source or a constant that changes makes a new kernel "
                     "each time; pass what changes as an argument")
    elif spent:
        then = ("the next run takes them from the disk cache (weft doctor says where it is)" if _core.cache_folder() else
                "every run makes them anew, for there is no disk cache (weft doctor says why)")
        yield Advice("compiling", spent, f"{len(mine)} compilations and loads of kernels: {then}")


@pattern
def doubles_on_a_consumer_card(events, rows, reach, seconds):
    import weft as wf

    for row in rows:
        if row.kind != "kernel" or not row.double or not row.device.startswith("cuda") or row.bound != "arithmetic" and row.operations:
            continue
        info = wf.device(row.device).info
        if 10 * info["compute_major"] + info["compute_minor"] in CONSUMER:
            yield Advice("float64", row.seconds / 2, f"{row.name} computes in float64, which {info['name']} does at 1/32 or 1/64 of its float32 "
                         "speed: use float32 where its precision is enough (arrays of dtype float32, constants such as 2.0f)")


@pattern
def far_from_reach(events, rows, reach, seconds):
    import weft as wf

    for row in rows:
        if row.kind != "kernel" or row.share is None or row.share > 0.25 or row.each < 50e-6:
            continue
        most = max((e for e in events if e.kind == "kernel" and e.name == row.name and e.device == row.device), key=lambda e: e.threads)
        blocks = most.grid[0] * most.grid[1] * most.grid[2]
        units = wf.device(row.device).info["multiprocessors"]
        if blocks < units * (2 if row.device.startswith("cuda") else 1):
            why = f"it has {blocks} blocks for {units} {'multiprocessors' if row.device.startswith('cuda') else 'threads'}: use more, smaller ones"
        elif row.bound == "arithmetic" or row.name.startswith("weft_"):
            continue  # its arithmetic is what takes the time, and how much a function of the library does is not known
        else:
            why = ("if it does little arithmetic, neighbouring threads should touch neighbouring elements (let x of the thread be the last index), "
                   "and what is read again should be kept in registers or shared memory")
        does = "computes" if row.bound == "arithmetic" else "moves its arrays"
        yield Advice("far-from-reach", row.seconds * (1 - row.share), f"{row.name} ({row.place}) {does} at {row.share:.0%} of what "
                     f"{row.device} reaches: {why}")
