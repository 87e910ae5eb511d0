"""Timing beside a peer: rounds alternate between the candidates, each round changes an input, the result is checked.

best_of(candidates, rounds) -> {name: best seconds}. A candidate is (run, check): run(round) does the whole work and forces
the result; check(round) raises when it is wrong. Alternating in one process keeps a noisy machine fair; figures of different
runs are not compared, ratios within one are.
"""
import time


def best_of(candidates, rounds=15, inner=1, warm=2):
    """Best time of one call in seconds for each candidate, by name."""
    best = {name: float("inf") for name in candidates}
    for name, (run, check) in candidates.items():
        for round_ in range(warm):
            run(round_)
            check(round_)
    for round_ in range(rounds):
        for name, (run, check) in candidates.items():
            start = time.perf_counter()
            for _ in range(inner):
                run(round_)
            best[name] = min(best[name], (time.perf_counter() - start) / inner)
            check(round_)
    return best


def table(title, best, ours="weft", unit=1e3, unit_name="ms"):
    """One line for each candidate with its ratio to ours (above 1: the peer is slower)."""
    print(title)
    for name, seconds in sorted(best.items(), key=lambda item: item[1]):
        print(f"  {name:24s} {seconds * unit:10.4f} {unit_name}   {seconds / best[ours]:6.2f} of weft's time")
