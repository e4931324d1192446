"""What the patient says is wrong in what we hold, and cannot change herself: asked, and answered by one of us."""
