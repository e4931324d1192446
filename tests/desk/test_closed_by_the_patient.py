"""The patient ends an office's page on her privacy page: at once, and nothing of ours opens it again by itself."""

import pytest
import time_machine
from django.urls import reverse

from cases.case.models import ToDo
from cases.desk.links import actions
from cases.desk.links.actions import link_for
from cases.desk.links.models import OfficeLink
from cases.desk.links.rules import Ended
from cases.desk.mail import planning
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders import sender
from tests import factories, people
from tests.desk.mail_builders import CHASE_DAY, ask, signed_visit
from tests.records.builders import NOVEMBER_5, actor, item


def press(link, key="rosa"):
    client = people.browser(people.person(key))
    return client.post(reverse("pages:close_office", args=[link.visit.case_id, link.pk]), follow=True)


def fresh(link):
    return OfficeLink.objects.select_related("office", "visit__case__patient", "visit__case__key").get(pk=link.pk)


def test_it_ends_at_once_also_where_it_is_open_and_a_coordinator_is_told(client, link, paper):
    client.post("/o/", paper)
    page = f"/o/page/{link.pk}/"
    assert client.get(page).status_code == 200
    assert "Closed. One of us looks" in press(link).content.decode()
    press(link)
    assert fresh(link).ended_why == Ended.PATIENT
    assert client.get(page).status_code != 200
    assert ToDo.objects.open().filter(kind=actions.CLOSED_BY_HER, about_id=str(link.pk)).count() == 1
    assert Event.objects.filter(verb="office_link.closed").count() == 1
    theo = people.browser(people.person("theo")).get(f"/staff/cases/{link.visit.case_id}/").content.decode()
    assert "The patient closed it" in theo


@pytest.mark.parametrize("key", ["grace", "joanne", "theo"])
def test_nobody_else_ends_it_there(link, key):
    assert press(link, key).status_code == 404
    assert fresh(link).ended_at is None


def test_the_link_of_another_case_is_not_hers_to_end(link):
    other = factories.open_case(people.person("grace"))
    client = people.browser(people.person("grace"))
    assert client.post(reverse("pages:close_office", args=[other.pk, link.pk])).status_code == 404
    assert fresh(link).ended_at is None


def test_nothing_makes_a_new_page_until_somebody_has_asked_her(link):
    press(link)
    with pytest.raises(Refused):
        link_for(link.visit, link.office, by=actor("theo"))
    actions.open_again(fresh(link), "mistake", by=actor("theo"))
    assert link_for(link.visit, link.office, by=actor("theo")) == link
    assert not ToDo.objects.open().filter(kind=actions.CLOSED_BY_HER).exists()


@pytest.mark.django_db
def test_no_mail_of_ours_leads_there_any_more(smtp_sink):
    with time_machine.travel(NOVEMBER_5, tick=False) as traveller:
        visit = signed_visit()
        ask(visit, "slides", "pathology_report")
        link = link_for(visit, item(visit, "slides").holder, by=actor("theo"))
        actions.close(link, by=actor("rosa"))
        traveller.move_to(CHASE_DAY)
        planning.plan_due(clock.now())
        sender.run()
    assert [each["To"] for each in smtp_sink.messages if each["To"].endswith(".example")] == []
    assert OfficeLink.objects.filter(office=link.office).count() == 1
