"""The catalogue of operations: what SDTM, its records and ADaM each bring, in one table."""

from functools import lru_cache

import adam
import sdtm
from mappings.operations import Registry, registry
from sdtm.record_operations import RECORD_OPERATIONS


@lru_cache(maxsize=1)
def catalogue() -> Registry:
    """Operations by name, as a study may call them."""
    return registry([*RECORD_OPERATIONS, *sdtm.OPERATIONS, *adam.OPERATIONS])
