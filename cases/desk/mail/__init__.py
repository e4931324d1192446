"""Mail to offices: asked on the case's own days, gathered by office and patient, sent while they are at their desk."""
