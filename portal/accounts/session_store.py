"""Sessions in the database, as Django keeps them. Every page reads one: that question is not written anew each time."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection

from portal.clock import real_now

FIELDS = ["session_key", "session_data", "expire_date"]
ROW = f"SELECT {', '.join(FIELDS)} FROM django_session WHERE session_key = %s AND expire_date > %s"  # noqa: S608


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        with connection.cursor() as cursor:
            cursor.execute(ROW, [self.session_key, real_now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        return Session.from_db("default", FIELDS, found)
