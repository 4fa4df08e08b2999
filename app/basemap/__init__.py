"""The streets under the map, and where an address is: made from one OpenStreetMap extract, served by us alone."""
