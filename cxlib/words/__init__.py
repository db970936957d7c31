"""The two languages of the workbook: catalogue, numbers, dates and direction, in English and Persian."""

from cxlib.words.catalogue import LANGS, phrase

__all__ = ["LANGS", "phrase"]
