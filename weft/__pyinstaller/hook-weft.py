"""What PyInstaller cannot see in weft's sources: modules that are imported by name when they are first asked for, and sources that are
read: the library of compiled functions (weft/_pylib), the drop-ins, the headers.

The program's own sources go along as files, those of its scripts and of every module that imports weft or numba: @wf.jit and @wf.cuda.jit
read them when they run.
"""

import os

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = collect_submodules("weft", filter=lambda name: not name.startswith(("weft.dropin.", "weft.__pyinstaller")))
datas = collect_data_files("weft", include_py_files=True)


def hook(api):
    users = {name for package in ("weft", "numba") for name in api.analysis.graph.get_code_using(package)}
    for name in users:
        if not name.startswith("weft."):
            api.set_module_collection_mode(name, "pyz+py")
    api.add_datas([(os.path.abspath(script), ".") for script in api.analysis.inputs])
