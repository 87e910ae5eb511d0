"""The tables of NumPy's normal numbers: a ziggurat of 256 layers (Marsaglia and Tsang 2000, Doornik 2005).

They follow from the layers' area and the edge of the lowest one. NumPy's were computed in doubles; how many units in the last
place its widths lie beside the exact ones was found from its draws, so that draws here have the same bits.
"""

import decimal

import numpy as np

EDGE, AREA = "3.6541528853610087963519472518", "0.00492867323397465524494"
INVERSE_EDGE = 0.27366123732975827203338247596
_BESIDE = [
    -10, -78, -24, -20, -18, -18, -18, -15, -16, -8, -7, -7, -5, -5, -5, -6, -6, -7, -6, -7, -8, -8, -7, -8, -7, -7, -6,
    -5, -7, -7, -7, -6, -6, -7, -6, -6, -7, -7, -5, -5, -5, -4, -4, -5, -4, -5, -4, -4, -4, -4, -5, -5, -2, -3, -4, -4,
    -4, -3, -4, -4, -3, -3, -2, -3, -3, -3, -4, -3, -4, -3, -3, -3, -3, -2, -2, -3, -2, -3, -3, -3, -2, -3, -3, -3, -3,
    -2, -2, -2, -2, -2, -2, -1, -1, -1, -1, -1, -2, -1, -1, -1, -1, -1, -2, -2, -1, -2, -2, -2, -2, -2, -2, -3, -2, -2,
    -1, -1, -1, -1, -2, -2, -1, -1, 0, 0, -1, -1, -1, -2, -1, -1, -1, -1, -2, -2, -2, -1, -1, -2, -2, -2, -3, -4, -4,
    -3, -3, -3, -2, -2, -1, -2, -1, -1, -1, -1, -1, -1, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 1, 2, 3, 3, 3,
    2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -2, -1, -2, -2, -2, -2, -2, -2, -1, -1,
    -1, -1, 0, 0, -1, -1, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, -1, -1, -1, -1, -1, -1, -1, 0, 0, 1, 0,
    1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0,
]


def normal_tables():
    """Below which draw each layer takes it at once, what a draw is worth there, and the density at the layer's edge."""
    with decimal.localcontext(decimal.Context(prec=45)):
        exact, one = decimal.Decimal, decimal.Decimal(2) ** 52
        edge, area = exact(EDGE), exact(AREA)
        edges, density = [exact(0)] * 256, [exact(1)] * 256
        edges[255], density[255] = edge, (-edge * edge / 2).exp()
        for i in range(254, 0, -1):
            edges[i] = (-2 * (area / edges[i + 1] + density[i + 1]).ln()).sqrt()
            density[i] = (-edges[i] * edges[i] / 2).exp()
        widths = np.array([float(area / density[255] / one), *(float(x / one) for x in edges[1:])])
        limits = [int(edge * density[255] / area * one), 0, *(int(edges[i - 1] / edges[i] * one) for i in range(2, 256))]
    return np.array(limits, np.uint64), widths + np.array(_BESIDE) * np.spacing(widths), np.array([float(f) for f in density])
