"""cupyx.cusolver: weft does not wrap cuSOLVER; what asks whether it is available is told no."""


def check_availability(*names):
    """Whether these routines are there: never."""
    return False


def available(*names):
    return False


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"cupyx.cusolver has no {name}: weft does not wrap cuSOLVER")
