"""The patient wants all words and files of a case erased: asked, waited for, and done by destroying the case's key."""
