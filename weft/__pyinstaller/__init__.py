"""For PyInstaller, which finds this folder through the entry point `pyinstaller40` of the package."""

import os


def get_hook_dirs():
    return [os.path.dirname(os.path.abspath(__file__))]
