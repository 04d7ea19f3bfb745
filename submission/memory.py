"""Memory that is freed and soon asked for again, and looking for what cannot be reached."""

import ctypes
import gc
import sys

import pyarrow as pa

# Numbers of mallopt in the GNU C library: what goes back to the system when it is freed.
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
LARGEST_MMAP_THRESHOLD = 32 << 20
NEVER = 2**31 - 1
SELDOM = 100_000, 50, 50


def keep_freed_memory() -> None:
    """Have this process keep what it frees; elsewhere than under the GNU C library nothing changes.

    A build makes and drops columns of some megabytes all the time. Given back and asked for anew,
    each comes as empty pages that the system must clear, which takes as long as the work on them.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform != "linux":
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(MMAP_THRESHOLD, LARGEST_MMAP_THRESHOLD)
        set_option(TRIM_THRESHOLD, NEVER)


def collect_seldom() -> None:
    """Have this process look seldom for objects that refer to each other in circles.

    A build makes few of them and many others; looking for circles all the time takes a tenth of it.
    """
    gc.freeze()
    gc.set_threshold(*SELDOM)
