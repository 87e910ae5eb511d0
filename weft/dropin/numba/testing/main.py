"""numba.testing.main: how long a test may take there, in seconds. Tests are run by unittest or pytest here."""

_TIMEOUT = 20 * 60
