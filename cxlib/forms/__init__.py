"""Editors of the strategy files for notebooks: widgets change a file only when "Save" is pressed, and hold no state."""
