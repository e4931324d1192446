"""What comes by fax, post and phone, and how it is filed."""
