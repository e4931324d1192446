"""Who helps a patient, with what, until when: asked, agreed, changed and ended."""
