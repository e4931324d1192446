import time
from django.core.management import call_command
def test_x(db, capsys):
    t=time.time(); call_command("load_demo"); print("SECONDS", time.time()-t); assert 0
