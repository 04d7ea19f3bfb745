"""Terms the forms can hold: adverse events, earlier conditions and drugs, with their groups.

The tables are text, one line for each term. ``=`` is a coded term equal to the first spelling, a
slash between blanks parts the spellings of an event.
"""

from dataclasses import dataclass

GROUPS = {
    "blood": "Blood and lymphatic system disorders",
    "breath": "Respiratory, thoracic and mediastinal disorders",
    "food": "Metabolism and nutrition disorders",
    "general": "General disorders and administration site conditions",
    "gland": "Endocrine disorders",
    "gut": "Gastrointestinal disorders",
    "heart": "Cardiac disorders",
    "immune": "Immune system disorders",
    "infection": "Infections and infestations",
    "injury": "Injury, poisoning and procedural complications",
    "kidney": "Renal and urinary disorders",
    "muscle": "Musculoskeletal and connective tissue disorders",
    "nerves": "Nervous system disorders",
    "skin": "Skin and subcutaneous tissue disorders",
    "surgery": "Surgical and medical procedures",
    "tests": "Investigations",
    "tumour": "Neoplasms benign, malignant and unspecified (incl cysts and polyps)",
    "vessels": "Vascular disorders",
}
CRS, ICANS = 0, 1  # places in the table of events

# spellings | coded | group | chance | onset | lasting | shares of grades 1 to 4 | relation
_EVENTS = """
Cytokine release syndrome / CRS                                |=|immune|0|0|0|60 32 7 1|1
Immune effector cell-associated neurotoxicity syndrome / ICANS |=|nerves|0|0|0|60 32 7 1|1
Neutrophil count decreased     |=|tests    |0.94 |-2 |28 |0 3 20 77 |0.4
Platelet count decreased       |=|tests    |0.88 |0  |30 |3 10 30 57|0.4
Anaemia                        |=|blood    |0.75 |1  |30 |5 35 60 0 |0.4
Febrile neutropenia            |=|blood    |0.35 |5  |6  |0 0 95 5  |0.4
Fever                          |Pyrexia|general|0.25|9|3 |60 32 7 1 |0.4
Fatigue                        |=|general  |0.35 |12 |25 |60 32 7 1 |0.4
Nausea                         |=|gut      |0.35 |3  |5  |60 32 7 1 |0.1
Vomiting                       |=|gut      |0.20 |3  |3  |60 32 7 1 |0.1
Diarrhoea                      |=|gut      |0.20 |15 |5  |60 32 7 1 |0.2
Constipation                   |=|gut      |0.15 |12 |8  |60 32 7 1 |0.1
Headache                       |=|nerves   |0.25 |8  |4  |60 32 7 1 |0.4
Tremor                         |=|nerves   |0.08 |9  |6  |60 32 7 1 |0.8
Seizure                        |=|nerves   |0.015|9  |1  |5 25 55 15|0.8
Encephalopathy                 |=|nerves   |0.02 |10 |5  |30 40 25 5|0.8
Hypotension                    |=|vessels  |0.20 |5  |3  |30 40 25 5|0.8
Hypoxia                        |=|breath   |0.15 |6  |4  |30 40 25 5|0.8
Hypokalaemia                   |=|food     |0.35 |8  |6  |30 40 25 5|0.2
Hypophosphataemia              |=|food     |0.20 |8  |6  |30 40 25 5|0.2
Decreased appetite             |=|food     |0.20 |7  |14 |60 32 7 1 |0.4
ALT increased                  |Alanine aminotransferase increased  |tests|0.25|8|10|30 40 25 5|0.4
AST increased                  |Aspartate aminotransferase increased|tests|0.25|8|10|30 40 25 5|0.4
Blood bilirubin increased      |=|tests    |0.10 |9  |8  |30 40 25 5|0.4
Hypogammaglobulinaemia         |=|immune   |0.35 |40 |200|30 65 5 0 |0.9
Disseminated intravascular coagulation|=|blood|0.05|7|7  |5 25 55 15|0.7
Sepsis                         |=|infection|0.07 |15 |10 |0 0 70 30 |0.2
Pneumonia / Pneumonia, left lower lobe|=|infection|0.15|60|14|0 30 60 10|0.2
Upper respiratory infection|Upper respiratory tract infection|infection|0.20|110|10|60 32 7 1|0.1
CMV reactivation     |Cytomegalovirus infection reactivation|infection|0.10|45|20|30 40 25 5|0.3
Herpes zoster                  |=|infection|0.05 |150|15 |30 40 25 5|0.2
Acute kidney injury            |=|kidney   |0.05 |9  |8  |5 25 55 15|0.5
Rash                           |=|skin     |0.12 |20 |10 |60 32 7 1 |0.4
Infusion related reaction, chills|Infusion related reaction|injury|0.06|0|1|60 32 7 1|1
Muscle weakness / Muscle\u00a0weakness|Muscular weakness|muscle|0.05|20|20|60 32 7 1|0.4
"""

# entered | coded | group
_HISTORY = """
Hypertension              |=                         |vessels
Myelodysplastic syndrome  |=                         |tumour
Hypothyroidism            |=                         |gland
Appendectomy              |Appendicectomy            |surgery
Gout                      |=                         |food
Seasonal allergic rhinitis|Rhinitis allergic         |breath
Invasive fungal infection |Fungal infection          |infection
Type 2 diabetes           |Type 2 diabetes mellitus  |food
Migraine                  |=                         |nerves
Atrial fibrillation       |=                         |heart
Hepatitis B carrier       |Hepatitis B               |infection
Breast cancer             |=                         |tumour
Sinusitis                 |=                         |infection
"""

# use | name | coded | group | indication | dose | unit | route | frequency
_DRUGS = """
prior 1|Daunorubicin|=|ANTINEOPLASTIC AGENTS|AML||||
prior 1|Cytarabine|=|ANTINEOPLASTIC AGENTS|AML||||
prior 2|Azacitidine|=|ANTINEOPLASTIC AGENTS|AML||||
prior 2|Venetoclax|=|ANTINEOPLASTIC AGENTS|AML||||
prior 3|FLAG-IDA|FLUDARABINE;CYTARABINE;IDARUBICIN;FILGRASTIM|ANTINEOPLASTIC AGENTS|AML||||
prior 4|Homoharringtonine|=|ANTINEOPLASTIC AGENTS|AML||||
bridging|Hydroxyurea|HYDROXYCARBAMIDE|ANTINEOPLASTIC AGENTS|AML|1|g|PO|BID
subsequent|Azacitidine|=|ANTINEOPLASTIC AGENTS|AML progression|75|mg/m2|SC|QD
subsequent|Venetoclax|=|ANTINEOPLASTIC AGENTS|AML progression|400|mg|PO|QD
subsequent|Gilteritinib|=|ANTINEOPLASTIC AGENTS|AML progression|120|mg|PO|QD
subsequent|CLAG-M|CLADRIBINE;CYTARABINE;MITOXANTRONE;FILGRASTIM|ANTINEOPLASTIC AGENTS|AML||||
conditioning|Fludarabine|=|ANTINEOPLASTIC AGENTS|HSCT|30|mg/m2|IV|QD
conditioning|Busulfan|=|ANTINEOPLASTIC AGENTS|HSCT|3.2|mg/kg|IV|QD
rescue|Tocilizumab|=|IMMUNOSUPPRESSANTS|CRS|8|mg/kg|IV|ONCE
rescue|Dexamethasone|=|CORTICOSTEROIDS|CRS, ICANS|10|mg|IV|Q6H
rescue|Norepinephrine|=|VASOPRESSORS|Hypotension|0.1|ug/kg/min|IV|CONTINUOUS
support|Aciclovir|=|ANTIVIRALS|Prophylaxis, herpes|400|mg|PO|BID
support|Posaconazole|=|ANTIMYCOTICS|Prophylaxis, fungal|300|mg|PO|QD
support|Levetiracetam|=|ANTIEPILEPTICS|Seizure prophylaxis|500|mg|PO|BID
support|G-CSF|FILGRASTIM|COLONY STIMULATING FACTORS|Neutropenia|300|ug|SC|QD
support|Paracetamol|=|ANALGESICS|Fever|500|mg|PO|ONCE
support|Meropenem|=|ANTIBACTERIALS|Febrile neutropenia|1|g|IV|Q8H
support|Piperacillin/tazobactam, generic|PIPERACILLIN;TAZOBACTAM|ANTIBACTERIALS|Sepsis|4.5|g|IV|Q8H
other|Cyclophosphamide|=|ANTINEOPLASTIC AGENTS|||||
other|Unknown anti-leukemia therapy|UNCODED|ANTINEOPLASTIC AGENTS|||||
"""


@dataclass(frozen=True)
class Event:
    """An adverse event: how it is entered and coded, and how it runs.

    ``chance`` of an infused person to have it; ``onset`` mean days after the infusion;
    ``relation`` share of the events that are related to the product.
    """

    terms: tuple[str, ...]
    coded: str
    group: str
    chance: float
    onset: float
    lasting: float
    grades: tuple[float, ...]
    relation: float


@dataclass(frozen=True)
class Drug:
    """A drug as it stands on the page, with what the synthetic coding table makes of it."""

    use: str
    name: str
    coded: str
    group: str
    indication: str
    dose: str
    unit: str
    route: str
    frequency: str


def _lines(table: str) -> list[list[str]]:
    """Cells of each line of a text table."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _event(cells: list[str]) -> Event:
    """Event of one line."""
    spellings, coded, group, chance, onset, lasting, grades, relation = cells
    terms = tuple(spellings.split(" / "))
    return Event(
        terms,
        terms[0] if coded == "=" else coded,
        GROUPS[group],
        float(chance),
        float(onset),
        float(lasting),
        tuple(int(share) / 100 for share in grades.split()),
        float(relation),
    )


def _drug(cells: list[str]) -> Drug:
    """Drug of one line."""
    use, name, coded, *rest = cells
    return Drug(use, name, name.upper() if coded == "=" else coded, *rest)


EVENTS = tuple(_event(cells) for cells in _lines(_EVENTS))
HISTORY = tuple(
    (entered, entered if coded == "=" else coded, GROUPS[group])
    for entered, coded, group in _lines(_HISTORY)
)
DRUGS = tuple(_drug(cells) for cells in _lines(_DRUGS))


def drugs_for(use: str) -> tuple[Drug, ...]:
    """Drugs with this use, in the order of the table."""
    return tuple(drug for drug in DRUGS if drug.use == use)
