"""cupy._core.flags: the flags object of CuPy's arrays, which has three flags."""


class Flags:
    def __init__(self, c_contiguous, f_contiguous, owndata):
        self.c_contiguous, self.f_contiguous, self.owndata = c_contiguous, f_contiguous, owndata

    @property
    def fnc(self):
        return self.f_contiguous and not self.c_contiguous

    @property
    def forc(self):
        return self.f_contiguous or self.c_contiguous

    def __getitem__(self, name):
        if name not in ("C_CONTIGUOUS", "F_CONTIGUOUS", "OWNDATA", "FNC", "FORC"):
            raise KeyError(f"{name} is not defined for cupy.ndarray.flags")
        return getattr(self, name.lower())

    def __repr__(self):
        return "\n".join(f"  {name.upper()} : {getattr(self, name)}" for name in ("c_contiguous", "f_contiguous", "owndata"))
