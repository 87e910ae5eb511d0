"""What PyInstaller cannot see in weft's sources: modules that are imported by name when they are first asked for, and sources that are
read: the library of compiled functions (weft/_pylib), the drop-ins, the headers.

A compiled function of the program's own needs its source at run time as well: it must lie beside the program as a file
(`datas` in the .spec file), or be CUDA C in a string.
"""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = collect_submodules("weft", filter=lambda name: not name.startswith(("weft.dropin.", "weft.__pyinstaller")))
datas = collect_data_files("weft", include_py_files=True)
