"""pycuda.sparse: sparse matrices are not there; see scipy.sparse, or write the product as a kernel."""


class _Missing(ImportError, NotImplementedError):
    pass


raise _Missing("pycuda.sparse: weft has no sparse matrices yet; use scipy.sparse on the host, or a kernel of your own")
