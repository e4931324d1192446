"""A way back for somebody who lost a phone, a passkey or a mailbox: known by people, after a wait, not by mail."""
