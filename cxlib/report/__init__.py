"""Sections as the files a client keeps: one HTML page and one tagged PDF, in English and Persian."""
