"""Arrays: the Python part over the core's lazy arrays. `weft/_arrays.py` lists what of it is offered as `weft.<name>`."""
