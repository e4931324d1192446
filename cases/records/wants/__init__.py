"""What an office wants before it sends: a copy of the patient's ID, a fee."""
