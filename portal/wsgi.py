"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from django.db import connections  # noqa: E402

from portal import checks  # noqa: E402 -- reads the settings, which stand only now
from portal.vault import masters  # noqa: E402

checks.refuse_unsafe()
masters.refuse_lost()
connections.close_all()
