"""Times as the pages write them, for Django's own words, too: the administration shows them so."""
