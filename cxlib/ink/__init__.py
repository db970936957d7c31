"""Sections as people see them: sentences, figures and tables in the client's colours, in English and Persian."""
