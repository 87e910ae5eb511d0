"""A small galaxy: every star pulls every other

    python examples/nbody.py [picture.png]

The forces of all pairs are one expression and a sum: with weft nothing of size N × N is stored. The total energy is the check.
"""

import sys
import time

import numpy as np

import weft as wf

STARS, STEPS, STEP, SOFT = 1024, 20, 0.01, 0.05

rng = np.random.default_rng(5)
angle, radius = rng.uniform(0, 2 * np.pi, STARS), np.sqrt(rng.uniform(0.05, 1, STARS))
start_place = np.stack([radius * np.cos(angle), radius * np.sin(angle), 0.05 * rng.standard_normal(STARS)]).astype(np.float32)
start_speed = np.stack([-np.sin(angle), np.cos(angle), 0 * angle]).astype(np.float32) * np.sqrt(radius).astype(np.float32)


def pull(m, place):
    """Accelerations; each star has the mass 1 / STARS."""
    apart = place[:, None, :] - place[:, :, None]
    near = (apart * apart).sum(0) + np.float32(SOFT**2)
    return (apart * near ** np.float32(-1.5)).sum(2) / STARS


def energy(m, place, speed):
    apart = place[:, None, :] - place[:, :, None]
    potential = -(1 / m.sqrt((apart * apart).sum(0) + np.float32(SOFT**2))).sum() / (2 * STARS**2)
    return float((speed * speed).sum() / (2 * STARS) + potential)


def run(m):
    begun = time.perf_counter()
    place, speed = m.asarray(start_place), m.asarray(start_speed)
    before = energy(m, place, speed)
    speed = speed + pull(m, place) * (STEP / 2)
    for _ in range(STEPS):
        place = place + speed * STEP
        speed = speed + pull(m, place) * STEP
    after = energy(m, place, speed - pull(m, place) * (STEP / 2))
    return before, after, place, time.perf_counter() - begun


run(wf)  # compiles
before, after, place, ours = run(wf)
_, check, _, theirs = run(np)
print(f"energy {before:.5f}, after {STEPS} steps {after:.5f}, with NumPy {check:.5f}; {ours:.2f} s, NumPy {theirs:.2f} s")
assert abs(after - before) < 2e-3 and abs(after - check) < 1e-4

if len(sys.argv) > 1:
    from PIL import Image

    column, row = ((place.get()[:2] + 1.2) / 2.4 * 511).astype(int)
    light = np.zeros((512, 512))
    for down in range(-3, 4):  # a small round glow for each star
        for across in range(-3, 4):
            np.add.at(light, (np.clip(row + down, 0, 511), np.clip(column + across, 0, 511)), np.exp(-(down**2 + across**2) / 2))
    light = np.clip(light, 0, 1)[..., None] * [255, 235, 190] + [8, 8, 28]
    Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).save(sys.argv[1])
