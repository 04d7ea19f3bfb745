"""The leukaemia before the study (adam.md 3.1; endpoints.md E06, Q19)."""

from pathlib import Path

import numpy as np
import pandas as pd

from dates import MONTH, first_day, missing_part
from subjects import before, text, yes_no
from transport import qualifier, read

FUSIONS = ("RUNX1::RUNX1T1", "CBFB::MYH11")


def history(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """The leukaemia before the study, from MH, SUPPMH and SUPPCM."""
    events = read(sdtm, "MH", ["USUBJID", "MHSEQ", "MHEVDTYP", "MHSTDTC"])
    diagnosed = events[events["MHEVDTYP"] == "INITIAL DIAGNOSIS"].set_index("USUBJID")
    dtc = text(diagnosed["MHSTDTC"], subjects)
    relapsed = events[events["MHEVDTYP"].str.contains("RELAPSE")]
    lines = qualifier(sdtm, "CM", "CMLINE").groupby("USUBJID")["CMLINE"].nunique()
    since = (subjects["TRTSDT"] - first_day(dtc)).dt.days + 1
    sites = qualifier(sdtm, "MH", "MHEMDSIT")
    sites = sites[~sites["MHEMDSIT"].isin(["", "NONE"])]
    return pd.DataFrame(
        {
            "DXDT": first_day(dtc),
            "DXDTF": missing_part(dtc),
            "DURDXM": since / MONTH,
            "AMLTYPE": text(
                qualifier(sdtm, "MH", "MHAMLTYP").set_index("USUBJID")["MHAMLTYP"], subjects
            ),
            "REFSTAT": text(
                qualifier(sdtm, "MH", "MHREFST").set_index("USUBJID")["MHREFST"], subjects
            ),
            "NRELAP": relapsed.groupby("USUBJID").size().reindex(subjects.index, fill_value=0),
            "NPRLINE": lines.reindex(subjects.index, fill_value=0),
            "EMDBLFL": yes_no(subjects.index.isin(sites["USUBJID"]), subjects),
        }
    )


def genetics(sdtm: Path, subjects: pd.DataFrame) -> pd.DataFrame:
    """Mutations and fusions found before the infusion (E06, Q19)."""
    columns = ["USUBJID", "GFTESTCD", "GFTSTDTL", "GFSYM", "GFSTRESC", "GFDTC"]
    tests = read(sdtm, "GF", columns)
    tests = tests[(tests["GFTSTDTL"] == "DETECTION") & (tests["GFSTRESC"] != "")]
    tests = before(tests, first_day(tests["GFDTC"]), subjects)
    variants = tests[tests["GFTESTCD"] == "SHRTVAR"]
    fusions = tests[(tests["GFTESTCD"] == "SEQREAR") & tests["GFSYM"].isin(FUSIONS)]
    npm1 = _status(variants[variants["GFSYM"] == "NPM1"], subjects)
    cbf = _status(fusions, subjects)
    flt3 = _status(variants[variants["GFSYM"] == "FLT3"], subjects)
    group = np.select(
        [(npm1 == "Y") & (cbf == "Y"), npm1 == "Y", cbf == "Y", (npm1 == "N") & (cbf == "N")],
        ["NPM1-MUTANT/CBF", "NPM1-MUTANT", "CBF", "OTHER"],
        "UNKNOWN",
    )
    return pd.DataFrame(
        {
            "NPM1FL": npm1,
            "CBFFL": cbf,
            "FLT3FL": yes_no(flt3 == "Y", subjects),
            "GENGRP": group,
        }
    )


def _status(tests: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    """Y where one test of a subject is positive, N where none is, U without a test (Q19)."""
    detected = (tests["GFSTRESC"] == "DETECTED").groupby(tests["USUBJID"]).any()
    return detected.map({True: "Y", False: "N"}).reindex(subjects.index, fill_value="U")
