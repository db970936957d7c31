"""The CX Strategy Workbook: a client's data and decisions become a customer-experience strategy in seven steps.

Packages are imported where they are used, for example ``from cxlib.measures import survey``,
so that a reader sees where a thing lives and ``import cxlib`` costs nothing.
"""

__version__ = "0.1.0"
