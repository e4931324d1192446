"""A consultant offers a patient of hers another call: held until the patient says yes."""
