"""The operations that make records of tabulation datasets."""

from mappings.operations import Made, operation
from sdtm.elements import elements
from sdtm.kinetics import nca
from sdtm.related import relate_datasets, relate_records
from sdtm.visits import visits


@operation(method="A record for each row of {source}")
def from_(source: str) -> Made:
    """A record for each row of a raw form, table or built dataset.

    Only the engine has the rows of a source, so it does this itself and ValueError is raised here.
    """
    raise ValueError(f"the engine reads the rows of a source, here {source}")


RECORD_OPERATIONS = (from_, visits, elements, nca, relate_datasets, relate_records)
