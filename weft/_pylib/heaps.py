"""heapq: the standard library's functions on lists, with its order of comparisons, so that the lists come out the same.

A heap is a list where no item is smaller than the one at (i - 1) // 2. An item that was taken from the end sinks to a leaf along
the smaller children and rises from there, which costs fewer comparisons than to stop on the way (Knuth, volume 3, 5.2.3)."""

from .._pyresolve import implements


_NO_LIST = ("error", "the heap argument must be a list")


def _rise(heap, start, at):
    item = heap[at]
    while at > start:
        parent = (at - 1) >> 1
        if not item < heap[parent]:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item


def _sink(heap, at):
    end, start, item = len(heap), at, heap[at]
    child = 2 * at + 1
    while child < end:
        if child + 1 < end and not heap[child] < heap[child + 1]:
            child += 1
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    _rise(heap, start, at)


@implements("heapq.heapify")
def heapify(x):
    def make(x):
        for i in range(len(x) // 2 - 1, -1, -1):
            _sink(x, i)

    return make if x.is_list else _NO_LIST


@implements("heapq.heappush")
def heappush(heap, item):
    def push(heap, item):
        heap.append(item)
        _rise(heap, 0, len(heap) - 1)

    return push if heap.is_list else _NO_LIST


@implements("heapq.heappop")
def heappop(heap):
    def pop(heap):
        last = heap.pop()
        if len(heap) == 0:
            return last
        first = heap[0]
        heap[0] = last
        _sink(heap, 0)
        return first

    return pop if heap.is_list else _NO_LIST


@implements("heapq.heapreplace")
def heapreplace(heap, item):
    def replace(heap, item):
        first = heap[0]
        heap[0] = item
        _sink(heap, 0)
        return first

    return replace if heap.is_list else _NO_LIST


@implements("heapq.heappushpop")
def heappushpop(heap, item):
    def push_then_pop(heap, item):
        if len(heap) > 0 and heap[0] < item:
            first = heap[0]
            heap[0] = item
            _sink(heap, 0)
            return first
        return item

    return push_then_pop if heap.is_list else _NO_LIST


def _wrong(n, iterable):
    """In words; None: nothing."""
    if not n.is_number or n.code not in "?bhilBHIL":
        return ("error", f"First argument 'n' must be an integer, got {n!r}")
    if iterable.is_number or iterable.is_none:
        return ("error", f"Second argument 'iterable' must be iterable, got {iterable!r}")
    return None


@implements("heapq.nsmallest")
def nsmallest(n, iterable):
    return _wrong(n, iterable) or (lambda n, iterable: sorted(iterable)[:max(n, 0)])


@implements("heapq.nlargest")
def nlargest(n, iterable):
    return _wrong(n, iterable) or (lambda n, iterable: sorted(iterable, reverse=True)[:max(n, 0)])
