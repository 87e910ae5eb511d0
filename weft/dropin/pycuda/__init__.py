"""PyCUDA's names on top of weft: programs written for PyCUDA run on a GPU with nothing but its driver, and on the CPU.

Installed by `python -m weft` or weft.dropin.install("pycuda"). The version is that of the PyCUDA whose behaviour is meant.
"""

VERSION = (2026, 1)
VERSION_STATUS = ""
VERSION_TEXT = ".".join(str(part) for part in VERSION) + VERSION_STATUS
