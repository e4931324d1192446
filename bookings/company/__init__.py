"""Who is with the patient on a call, without an account: named, told, ended."""
