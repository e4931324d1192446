"""A coordinator books or moves a call where the ordinary rules do not offer it, and says why."""
