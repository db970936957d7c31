"""Running notebooks for clients with papermill: strict parameters, outputs aside and renamed, a summary."""
