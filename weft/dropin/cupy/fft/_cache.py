"""cupy.fft._cache: a cache of plans that stays empty."""

from .config import _PlanCache as PlanCache
from .config import get_plan_cache, show_plan_cache_info


def clear_plan_cache():
    get_plan_cache().clear()


get_plan_cache_size = lambda: get_plan_cache().get_size()  # noqa: E731
