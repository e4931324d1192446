"""Who may open which page: one row for each address. Add yours when you add a page."""

from dataclasses import dataclass, field, replace

from tests.helpers_table import DATES_ONLY, HELPER

PEOPLE = (
    "anonymous",
    "unverified",
    "disabled",
    "patient",
    "other_patient",
    "starter",  # began the case for the patient
    "helper",  # all but private words
    "dates_only",  # a helper who sees dates and what is still to do
    "past_helper",  # whose last day has passed
    "assigned",  # the consultant of the case
    "unassigned",  # another consultant
    "second_reader",  # a consultant who reads along for some days
    "coordinator",
    "administrator",
    "unready",  # a consultant who has no second factor yet
    "office",  # has opened the pages of the case's offices, without an account
)
EVERYBODY = frozenset(PEOPLE)
NOBODY: frozenset[str] = frozenset()
HELPERS = frozenset({"starter", "helper", "dates_only", "past_helper"})
SIGNED_OUT = frozenset({"anonymous", "unverified", "disabled", "office"})
SIGNED_IN = EVERYBODY - SIGNED_OUT - {"unready"}
SIGNED_IN_OR_UNREADY = EVERYBODY - SIGNED_OUT
CASE = frozenset({"patient", "starter", "assigned", "coordinator"})
PUT_IN = CASE - {"starter"}  # what the patient put in: whoever only began the case sees none of it
FAMILY = frozenset({"patient", "starter"})
FAMILY_AND_COORDINATOR = FAMILY | {"coordinator"}
PATIENT_AND_COORDINATOR = frozenset({"patient", "coordinator"})
READERS = frozenset({"patient", "assigned", "coordinator"})
PATIENT = frozenset({"patient"})
STARTER = frozenset({"starter"})
ASSIGNED = frozenset({"assigned"})
SECOND = frozenset({"second_reader"})
CONSULTANTS = frozenset({"assigned", "unassigned", "second_reader"})
COORDINATOR = frozenset({"coordinator"})
ADMINISTRATOR = frozenset({"administrator"})


@dataclass(frozen=True)
class Page:
    """`args` name things of the world or are words as they stand; `owner` is the one whose forms are answered.

    `posts`: "" takes no form, "too" takes one beside the page, "only" has no page of its own.
    """

    who: frozenset[str]
    args: tuple[str, ...] = ()
    owner: str = ""
    posts: str = ""
    is_file: bool = False
    body: dict[str, str] = field(default_factory=dict)
    is_ours: bool = True
    by_link: bool = False  # an office's page: no sign-in leads there, so it is missing for everybody else


def public(*args: str, posts: str = "", **more) -> Page:
    return Page(EVERYBODY, args, "anonymous", posts, **more)


def office(*args: str, posts: str = "", **more) -> Page:
    """A page that an office has opened with its code."""
    return Page(frozenset({"office"}), args, "office", posts, by_link=True, **more)


def allauth(who: frozenset[str], *args: str, posts: str = "") -> Page:
    """A page of allauth's, dressed in our templates."""
    owner = "anonymous" if who == EVERYBODY else "patient"
    return Page(who, args, owner, posts, is_ours=False)


def of_case(who: frozenset[str], *args: str, owner: str = "patient", **more) -> Page:
    return Page(who, args or ("case",), owner, **more)


PAGES: dict[str, Page] = {
    "healthz": public(),
    "readyz": public(),
    # --- allauth ---
    "account_login": allauth(EVERYBODY, posts="too"),
    "account_logout": allauth(EVERYBODY, posts="too"),
    "account_inactive": allauth(EVERYBODY),
    "account_signup": allauth(EVERYBODY, posts="too"),
    "account_reauthenticate": allauth(SIGNED_IN_OR_UNREADY, posts="too"),
    "account_email": allauth(SIGNED_IN, posts="too"),
    "account_email_verification_sent": allauth(EVERYBODY, posts="too"),
    "account_change_password": allauth(SIGNED_IN, posts="too"),
    "account_set_password": allauth(SIGNED_IN, posts="too"),
    "account_reset_password": allauth(EVERYBODY, posts="too"),
    "account_confirm_login_code": allauth(EVERYBODY, posts="too"),
    "account_confirm_password_reset_code": allauth(EVERYBODY, posts="too"),
    "account_complete_password_reset": allauth(EVERYBODY, posts="too"),
    "account_password_reset_completed": allauth(EVERYBODY),
    "account_request_login_code": allauth(EVERYBODY, posts="too"),
    "mfa_index": allauth(SIGNED_IN_OR_UNREADY),
    "mfa_authenticate": allauth(EVERYBODY, posts="too"),
    "mfa_reauthenticate": allauth(SIGNED_IN_OR_UNREADY, posts="too"),
    "mfa_activate_totp": allauth(SIGNED_IN_OR_UNREADY, posts="too"),
    "mfa_deactivate_totp": allauth(SIGNED_IN, posts="too"),
    "mfa_view_recovery_codes": allauth(SIGNED_IN_OR_UNREADY),
    "mfa_generate_recovery_codes": allauth(SIGNED_IN_OR_UNREADY, posts="too"),
    "mfa_download_recovery_codes": allauth(SIGNED_IN_OR_UNREADY),
    "mfa_list_webauthn": allauth(SIGNED_IN_OR_UNREADY),
    "mfa_add_webauthn": allauth(SIGNED_IN_OR_UNREADY, posts="too"),
    "mfa_reauthenticate_webauthn": allauth(SIGNED_IN, posts="too"),
    "mfa_remove_webauthn": allauth(SIGNED_IN, "number", posts="too"),
    "mfa_edit_webauthn": allauth(SIGNED_IN, "number", posts="too"),
    "mfa_login_webauthn": allauth(EVERYBODY, posts="too"),
    "usersessions_list": allauth(SIGNED_IN, posts="too"),
    # --- a person's account ---
    "accounts:settings": Page(SIGNED_IN, owner="patient"),
    "accounts:about_you": Page(SIGNED_IN, owner="patient", posts="too"),
    "accounts:display": Page(SIGNED_IN, owner="patient", posts="too"),
    "accounts:zone": Page(SIGNED_IN, owner="patient", posts="only"),
    "accounts:second_factor": allauth(SIGNED_IN_OR_UNREADY),  # leads on to allauth's
    "accounts:check": Page(SIGNED_IN_OR_UNREADY, owner="patient", posts="too"),
    "accounts:stay": Page(SIGNED_IN_OR_UNREADY, owner="patient", posts="only"),
    "accounts:draft": Page(SIGNED_IN, ("draft_form",), "patient", posts="only"),
    "accounts:invitation": public("invitation_token", posts="too"),
    "accounts:people": Page(ADMINISTRATOR, owner="administrator"),
    "accounts:invite": Page(ADMINISTRATOR, owner="administrator", posts="only"),
    "accounts:withdraw_invitation": Page(ADMINISTRATOR, ("invitation",), "administrator", posts="only"),
    "accounts:change_person": Page(ADMINISTRATOR, ("other_consultant", "change_verb"), "administrator", posts="only"),
    # --- reminders ---
    "reminders:answer": public("answer_token", posts="too", body={"answer": "not_yet"}),
    "reminders:text": public("text_token", posts="too"),
    "reminders:pause": public("pause_token", posts="too"),
    "reminders:rest": Page(SIGNED_IN, owner="patient", posts="only"),
    "reminders:resume": Page(SIGNED_IN, owner="patient", posts="only"),
    "reminders:done": Page(PATIENT, ("reminder",), "patient", posts="only"),
    "reminders:later": Page(PATIENT, ("reminder",), "patient", posts="only"),
    "reminders:try_again": Page(COORDINATOR, ("delivery",), "coordinator", posts="only"),
    "reminders:send_again": Page(COORDINATOR, ("delivery",), "coordinator", posts="only"),
    "reminders:mute": Page(COORDINATOR, ("reminder",), "coordinator", posts="too"),
    "reminders:unmute": Page(COORDINATOR, ("mute",), "coordinator", posts="only"),
    "reminders:called": Page(COORDINATOR, ("delivery",), "coordinator", posts="only"),
    "reminders:posted": Page(COORDINATOR, ("delivery",), "coordinator", posts="only"),
    "reminders:not_posted": Page(COORDINATOR, ("delivery",), "coordinator", posts="only"),
    "reminders:letter": Page(COORDINATOR, ("delivery",), "coordinator", is_file=True),
    "reminders:wordings": Page(ADMINISTRATOR, owner="administrator"),
    "reminders:wording": Page(ADMINISTRATOR, ("wording_code",), "administrator", posts="too"),
    "reminders:take_back": Page(
        ADMINISTRATOR, ("wording_code",), "administrator", posts="only", body={"version": "0", "seen": "0"}
    ),
    # --- the case ---
    "case:open": Page(frozenset({"patient", "other_patient", *HELPERS, "coordinator"}), owner="patient", posts="too"),
    "case:people": of_case(CASE, posts="too"),
    "case:helpers": of_case(PATIENT),
    "case:ask_helper": of_case(
        PATIENT, posts="too", body={"name": "Ben Adu", "email": "ben@example.org", "chosen": "dates"}
    ),
    "case:ask_again": of_case(PATIENT | COORDINATOR, "invite", posts="only"),
    "case:withdraw_invite": of_case(PATIENT | COORDINATOR, "invite", posts="only"),
    "case:invited": public("invite_token", posts="too"),
    "case:helper": of_case(PATIENT, "other_helper", posts="too", body={"chosen": "dates"}),
    "case:prolong_helper": of_case(PATIENT, "other_helper", posts="only"),
    "case:decline_helper": of_case(PATIENT, "other_helper", posts="only"),
    "case:end_helper": of_case(PATIENT, "other_helper", posts="only"),
    "case:stands_in": of_case(PATIENT, "cover", posts="too", body={"answer": "yes"}),
    "case:second_reader": of_case(PATIENT_AND_COORDINATOR, "second", posts="too", body={"answer": "yes"}),
    "case:office_names": Page(SIGNED_IN, owner="patient"),
    "case:office": Page(PUT_IN, ("office",), "patient", posts="too"),
    # --- documents ---
    "documents:add_plan": of_case(FAMILY_AND_COORDINATOR, posts="too"),
    "documents:add": of_case(FAMILY_AND_COORDINATOR, posts="too"),
    "documents:add_record": of_case(FAMILY_AND_COORDINATOR, "case", "number", posts="too"),
    "documents:note_sending": of_case(FAMILY_AND_COORDINATOR, posts="only", body={"begun": "plan.pdf"}),
    "documents:list": of_case(CASE),
    "documents:search": of_case(CASE, posts="too", body={"words": "surgery"}),
    "documents:detail": of_case(READERS | SECOND, "document"),
    "documents:find": of_case(READERS, "document", posts="only", body={"find": "surgery"}),
    "documents:add_version": of_case(READERS - ASSIGNED, "document", posts="too"),
    "documents:describe": of_case(READERS - ASSIGNED, "document", posts="too"),
    "documents:say_kind": of_case(READERS - ASSIGNED, "document", posts="only"),
    "documents:join": of_case(FAMILY_AND_COORDINATOR, posts="too"),
    "documents:arrange": of_case(PATIENT, "joined", posts="too", body={"do": "turn"}),
    "documents:move": of_case(READERS, "document", "document_verb", posts="only"),
    "documents:unlock": of_case(PATIENT_AND_COORDINATOR, "locked_version", posts="too"),
    "documents:take_version_back": of_case(READERS, "version", posts="only"),
    "documents:put_version_back": of_case(READERS, "version", posts="only"),
    "documents:file": of_case(READERS | SECOND, "version", is_file=True),
    "documents:page_image": of_case(READERS | SECOND, "page_image", is_file=True),
    "documents:thumbnail": of_case(READERS | SECOND, "page_image", is_file=True),
    # --- records ---
    "records:visit": of_case(CASE),
    "records:name_doctor": of_case(CASE, posts="only"),
    "records:save_day": of_case(CASE, posts="only"),
    "records:move_visit": of_case(PUT_IN, "visit", "visit_verb", posts="only"),
    "records:list": of_case(CASE),
    "records:add_item": of_case(CASE, posts="only"),
    "records:set_route": of_case(PUT_IN, "item", posts="only"),
    "records:set_holder": of_case(PUT_IN, "item", posts="only"),
    "records:set_core": of_case(PUT_IN, "item", posts="only"),
    "records:set_due_back": of_case(PUT_IN, "item", posts="only"),
    "records:release": of_case(
        READERS - ASSIGNED, "released_item", posts="too", body={"do": "save", "until_on": "2027-02-28"}
    ),
    "records:release_pdf": of_case(READERS - ASSIGNED, "released_item", is_file=True),
    "records:identity": of_case(READERS - ASSIGNED, "released_item", posts="too", body={"do": "add"}),
    "records:identity_file": of_case(READERS - ASSIGNED, "released_item", is_file=True),
    "records:fee": of_case(PATIENT_AND_COORDINATOR, "released_item", posts="too", body={"do": "paid"}),
    "records:signed": of_case(READERS - ASSIGNED, "release"),
    "records:signed_pdf": of_case(READERS - ASSIGNED, "release", is_file=True),
    "records:signature": of_case(READERS - ASSIGNED, "release", is_file=True),
    "records:move_release": of_case(READERS - ASSIGNED, "release", "release_verb", posts="only"),
    "desk:letters": of_case(READERS - ASSIGNED),
    "desk:new_letter": of_case(READERS - ASSIGNED, "letter_kind", "released_item", posts="too"),
    "desk:letter": of_case(READERS - ASSIGNED, "letter"),
    "desk:print_letter": of_case(READERS - ASSIGNED, "letter", posts="only"),
    "desk:send_letter": of_case(READERS - ASSIGNED, "letter", "letter_how", posts="only"),
    "records:authority": of_case(FAMILY_AND_COORDINATOR, posts="too", body={"do": "take_back"}),
    "records:authority_pdf": of_case(READERS - ASSIGNED, is_file=True),
    "records:authority_signature": of_case(READERS - ASSIGNED, is_file=True),
    "records:tell": of_case(PUT_IN, "item", "item_verb", posts="only"),
    "records:referral": of_case(CASE),
    "records:letter_pdf": of_case(FAMILY_AND_COORDINATOR, is_file=True),
    "records:change_letter": of_case(CASE, posts="only"),
    "records:fax_letter": of_case(CASE, posts="only"),
    "records:ask_about_referral": of_case(CASE, posts="only"),
    "records:move_referral": of_case(CASE, "case", "referral_verb", posts="only"),
    "records:report": of_case(CASE),
    "records:tell_report": of_case(CASE, "case", "report_verb", posts="only"),
    "records:say_which_report": of_case(READERS - ASSIGNED, "case", "document", posts="only"),
    "desk:fax": of_case(COORDINATOR, "letter", owner="coordinator", posts="too"),
    "desk:fax_answer": of_case(COORDINATOR, "fax", "fax_said", owner="coordinator", posts="only"),
    "desk:send_page": of_case(PATIENT_AND_COORDINATOR, "case", "office", posts="too"),
    "records:kinds": public(),
    "records:export": Page(COORDINATOR, owner="coordinator", is_file=True),
    "records:lead_times": Page(ADMINISTRATOR, owner="administrator"),
    "records:change_lead_time": Page(ADMINISTRATOR, ("kind",), "administrator", posts="too"),
    # --- the desk ---
    "desk:packet": of_case(READERS - ASSIGNED, "visit"),
    "desk:packet_pdf": of_case(READERS - ASSIGNED, "visit", is_file=True),
    "desk:packet_zip": of_case(READERS - ASSIGNED, "visit", is_file=True),
    # --- offices, by their link ---
    "desk:code": public(posts="too", body={"code": "KRTM WHEQ PLUD", "born": "3 27 1951"}),
    "desk:mailed": public("office_token", posts="too", body={"born": "3 27 1951"}),
    "desk:page": office("office_link"),
    "desk:add_proof": office("office_link", posts="only", body={"born": "3 27 1951"}),
    "desk:leave": office("office_link", posts="only"),
    "desk:open_again": of_case(COORDINATOR, "office_link", owner="coordinator", posts="too", body={"why": "mistake"}),
    "desk:not_ours": office("office_link", posts="too"),
    "desk:primary_tell": office("primary_link", posts="only", body={"said": "not_yet"}),
    "desk:primary_take_back": office("primary_link", posts="only"),
    "desk:primary_report": office("primary_link", "report_version", is_file=True),
    "desk:primary_fax": office("primary_link", posts="only"),
    "desk:primary_permission": office("primary_link", is_file=True),
    "desk:receive_pdf": office("second_link", is_file=True),
    "desk:receive_zip": office("second_link", is_file=True),
    "desk:receive_file": office("second_link", "version", is_file=True),
    "desk:say_received": office("second_link", posts="only"),
    "desk:say_visit_happened": office("second_link", posts="only"),
    "desk:send_report": office("second_link", posts="only"),
    "desk:say_report_sent": office("second_link", posts="only"),
    "desk:remind": office("second_link", posts="only"),
    # --- the desk: what came in ---
    "desk:tray": Page(COORDINATOR, owner="coordinator"),
    "desk:add_scan": Page(COORDINATOR, owner="coordinator", posts="too"),
    "desk:incoming": Page(COORDINATOR, ("incoming",), "coordinator", posts="too"),
    "desk:turn": Page(COORDINATOR, ("incoming",), "coordinator", posts="only", body={"page": "1"}),
    "desk:split": Page(COORDINATOR, ("incoming",), "coordinator", posts="only"),
    "desk:take_off": Page(COORDINATOR, ("incoming",), "coordinator", posts="only"),
    "desk:check_again": Page(COORDINATOR, ("incoming",), "coordinator", posts="only"),
    "desk:put_back": Page(COORDINATOR, ("incoming",), "coordinator", posts="only"),
    "desk:not_mine": of_case(PATIENT, "filed_paper", posts="too"),
    "desk:incoming_page": Page(COORDINATOR, ("incoming_page",), "coordinator", is_file=True),
    "desk:incoming_small": Page(COORDINATOR, ("incoming_page",), "coordinator", is_file=True),
    "desk:move_link": of_case(COORDINATOR, "office_link", "link_verb", owner="coordinator", posts="only"),
    "desk:answer": office("office_link", "released_item", posts="only"),
    "desk:release": office("office_link", "release", is_file=True),
    "desk:authority": office("office_link", is_file=True),
    # --- the thread of a case ---
    "threads:thread": of_case(READERS),
    "threads:send": of_case(READERS, posts="only"),
    "threads:news": of_case(READERS),
    "threads:note": of_case(READERS - PATIENT, owner="coordinator", posts="only"),
    "threads:assign": of_case(READERS - PATIENT, owner="coordinator", posts="only"),
    "threads:needs_no_answer": of_case(READERS - PATIENT, owner="coordinator", posts="only"),
    "threads:write_down": of_case(COORDINATOR, owner="coordinator", posts="only"),
    "threads:read_out": of_case(COORDINATOR, owner="coordinator", posts="only"),
    "threads:message": of_case(READERS, "message"),
    "threads:move": of_case(READERS, "message", "message_verb", posts="only"),
    "threads:waiting": Page(CONSULTANTS | COORDINATOR, owner="coordinator"),
    # --- bookings ---
    "bookings:pick": of_case(CASE, posts="too"),
    "bookings:check": of_case(PATIENT, "hold", posts="too"),
    "bookings:keep": of_case(PATIENT, "hold", posts="only"),
    "bookings:asked": of_case(frozenset({"patient", "coordinator"}), "asked_hold", posts="too", body={"do": "no"}),
    "bookings:agree_to_read": of_case(PUT_IN, "consultation", posts="only"),
    "bookings:detail": of_case(PUT_IN, "consultation"),
    "bookings:move": of_case(PUT_IN, "consultation", posts="too"),
    "bookings:cancel": of_case(PUT_IN, "consultation", posts="too"),
    "bookings:call": of_case(PUT_IN, "consultation", posts="too"),
    "bookings:calendar_file": of_case(PUT_IN, "consultation", is_file=True),
    "bookings:hours": Page(CONSULTANTS, owner="assigned", posts="too"),
    "bookings:terms": Page(CONSULTANTS, owner="assigned", posts="only"),
    "bookings:time_off": Page(CONSULTANTS, owner="assigned", posts="only"),
    "bookings:remove_time_off": Page(ASSIGNED, ("time_off",), "assigned", posts="only"),
    "bookings:own_calendar": Page(SIGNED_IN, owner="patient", posts="too"),
    "bookings:feed": public("feed_token", is_file=True),
    "bookings:needs": of_case(PUT_IN, "consultation", posts="only"),
    "bookings:ask_to_move": of_case(
        frozenset({"assigned", "coordinator"}), "consultation", owner="assigned", posts="too"
    ),
    "bookings:about": Page(CONSULTANTS, owner="assigned", posts="only"),
    "bookings:extra_hours": Page(CONSULTANTS, owner="assigned", posts="only"),
    "bookings:remove_extra_hours": Page(ASSIGNED, ("extra_hours",), "assigned", posts="only"),
    "bookings:as_a_patient": Page(CONSULTANTS, owner="assigned"),
    "bookings:calendar": Page(CONSULTANTS, owner="assigned"),
    # --- opinions ---
    "opinions:talk": of_case(FAMILY_AND_COORDINATOR),
    "opinions:arrange_talk": of_case(FAMILY_AND_COORDINATOR, posts="only"),
    "opinions:save_agenda": of_case(FAMILY_AND_COORDINATOR, posts="only"),
    "opinions:agenda_pdf": of_case(PATIENT_AND_COORDINATOR, is_file=True),
    "opinions:show_agenda": of_case(PATIENT, posts="only"),
    "opinions:office_page": office("primary_link", is_file=True),
    "opinions:office_tell": office("primary_link", "office_talk_verb", posts="only"),
    "opinions:move_talk": of_case(PATIENT_AND_COORDINATOR, "talk", "talk_verb", posts="only"),
    "opinions:compare": of_case(READERS),
    "opinions:add_line": of_case(READERS, posts="only"),
    "opinions:change_line": of_case(READERS, "point", posts="only"),
    "opinions:move_line": of_case(READERS, "point", "point_verb", posts="only"),
    "opinions:decide": of_case(PATIENT, posts="only"),
    "opinions:matters": of_case(PATIENT, posts="only"),
    "opinions:questions": of_case(READERS),
    "opinions:add_question": of_case(READERS, posts="only"),
    "opinions:read_out": of_case(COORDINATOR, owner="coordinator", posts="only"),
    "opinions:change_question": of_case(READERS, "question", posts="only"),
    "opinions:answer_question": of_case(READERS, "question", posts="only"),
    "opinions:move_question": of_case(READERS, "question", "question_verb", posts="only"),
    # --- reviews ---
    "reviews:queue": Page(CONSULTANTS | COORDINATOR, owner="assigned"),
    "reviews:edit": of_case(ASSIGNED, "review", owner="assigned"),
    "reviews:find": of_case(ASSIGNED, "review", owner="assigned", posts="only", body={"find": "surgery"}),
    "reviews:save": of_case(ASSIGNED, "review", owner="assigned", posts="only"),
    "reviews:take": of_case(ASSIGNED, "review", owner="assigned", posts="only"),
    "reviews:hand_back": of_case(ASSIGNED | COORDINATOR, "review", owner="assigned", posts="only"),
    "reviews:hand_over": of_case(ASSIGNED | COORDINATOR, "review", owner="assigned", posts="too"),
    "reviews:brief": of_case(ASSIGNED, "review", owner="assigned"),
    "reviews:next": of_case(ASSIGNED, "review", owner="assigned"),
    "reviews:previous": of_case(ASSIGNED, "review", owner="assigned"),
    "reviews:note": of_case(ASSIGNED, "review", owner="assigned", posts="only"),
    "reviews:change_note": of_case(ASSIGNED, "review", "number", owner="assigned", posts="only"),
    "reviews:remove_note": of_case(ASSIGNED, "review", "number", owner="assigned", posts="only"),
    "reviews:preview": of_case(ASSIGNED, "review", owner="assigned", posts="too"),
    "reviews:look_at": of_case(ASSIGNED, "review", owner="assigned", posts="only"),
    "reviews:withdraw": of_case(ASSIGNED | COORDINATOR, "summary", owner="assigned", posts="too"),
    "reviews:after": of_case(ASSIGNED, "consultation", owner="assigned", posts="only"),
    "reviews:did_after": of_case(ASSIGNED, "consultation", owner="assigned", posts="only"),
    "reviews:need_more": of_case(ASSIGNED, "review", owner="assigned", posts="too"),
    "reviews:withdraw_asking": of_case(ASSIGNED, "asking", owner="assigned", posts="only"),
    "reviews:asked": of_case(PATIENT_AND_COORDINATOR, "asking", posts="too", body={"not_there": "1"}),
    "reviews:colleague": of_case(ASSIGNED, "review", owner="assigned", posts="too"),
    "reviews:along": of_case(SECOND, "second", owner="second_reader", posts="too", body={"find": "surgery"}),
    "reviews:answer_second": of_case(SECOND, "second", "second_verb", owner="second_reader", posts="only"),
    "reviews:second_note": of_case(SECOND, "second", owner="second_reader", posts="only"),
    "reviews:remove_second_note": of_case(SECOND, "second", "second_note", owner="second_reader", posts="only"),
    "reviews:done_reading": of_case(SECOND, "second", owner="second_reader", posts="only"),
    "reviews:end_second": of_case(ASSIGNED, "second", owner="assigned", posts="only"),
    "reviews:summary": of_case(PUT_IN),
    "reviews:ask": of_case(PATIENT, posts="only"),
    "reviews:agree": of_case(PATIENT, posts="only"),
    "reviews:answer": of_case(PATIENT, "summary", "summary_part", posts="only", body={"clear": "yes"}),
    "reviews:read_out": of_case(COORDINATOR, "summary", owner="coordinator", posts="only"),
    "reviews:pdf": of_case(READERS, "summary", is_file=True),
    # --- pages that gather ---
    "pages:landing": public(),
    "pages:about": public("about_slug"),
    "pages:start": public(posts="too"),
    "pages:keep": public(posts="only"),
    "pages:home": Page(SIGNED_IN, owner="patient"),
    "pages:case_home": of_case(CASE),
    "pages:not_today": of_case(PATIENT, posts="only", body={"until": "2026-01-01"}),
    "pages:nudge": of_case(STARTER, owner="starter", posts="only"),
    "pages:copies": of_case(STARTER, owner="starter", posts="only"),
    "pages:ask_by_email": of_case(STARTER, owner="starter", posts="only"),
    "pages:ask_by_phone": of_case(STARTER, owner="starter", posts="only"),
    "pages:yes_on_paper": of_case(STARTER, owner="starter", is_file=True),
    "pages:stop_helping": of_case(STARTER, owner="starter", posts="too"),
    "pages:call_me": of_case(FAMILY, posts="only"),
    "pages:friday_note": of_case(PATIENT, posts="only"),
    "pages:ledger": of_case(PATIENT_AND_COORDINATOR),
    "pages:sheet": of_case(FAMILY_AND_COORDINATOR),
    "pages:sheet_pdf": of_case(FAMILY_AND_COORDINATOR, is_file=True),
    "pages:carry": of_case(FAMILY_AND_COORDINATOR),
    "pages:post_sheet": of_case(FAMILY_AND_COORDINATOR, posts="only"),
    "pages:reminder_log": Page(COORDINATOR, owner="coordinator"),
    "pages:privacy": of_case(PATIENT),
    "pages:archive": of_case(PATIENT, is_file=True),
    "pages:close_office": of_case(PATIENT, "case", "office_link", posts="only"),
    "pages:privacy_list": of_case(PATIENT, is_file=True),
    "pages:consent_again": of_case(PATIENT, "case", "consent", posts="only"),
    "pages:withdraw_consent": of_case(PATIENT, "case", "consent", posts="only"),
    "pages:today": Page(CONSULTANTS, owner="assigned"),
    "pages:caseload": Page(COORDINATOR, owner="coordinator"),
    "pages:case_file": of_case(COORDINATOR, owner="coordinator"),
    "pages:case_helpers": of_case(COORDINATOR, owner="coordinator"),
    "pages:ask_helper": of_case(COORDINATOR, owner="coordinator", posts="too"),
    "pages:invite_address": of_case(COORDINATOR, "invite", owner="coordinator", posts="too"),
    "pages:helper_answer": of_case(COORDINATOR, "case", "starter_pk", owner="coordinator", posts="too"),
    "pages:helper_mandate": of_case(COORDINATOR, "case", "starter_pk", owner="coordinator", posts="too"),
    "pages:end_helper": of_case(COORDINATOR, "other_helper", owner="coordinator", posts="only"),
    "pages:end_mandate": of_case(COORDINATOR, "mandate", owner="coordinator", posts="only"),
    "pages:offices": Page(COORDINATOR, owner="coordinator"),
    "pages:office": Page(COORDINATOR, ("office",), "coordinator"),
    "pages:change_office": Page(COORDINATOR, ("office",), "coordinator", posts="too"),
    "pages:note_office": Page(COORDINATOR, ("office",), "coordinator", posts="only"),
    "pages:check_office": Page(COORDINATOR, ("office",), "coordinator", posts="only"),
    "pages:merge_office": Page(COORDINATOR, ("office",), "coordinator", posts="too"),
    "pages:undo_merge": Page(COORDINATOR, ("office",), "coordinator", posts="too"),
    "pages:call_home": Page(SIGNED_IN, owner="patient"),
    "pages:news": Page(CONSULTANTS | COORDINATOR, owner="coordinator"),
    "pages:read_news": Page(CONSULTANTS | COORDINATOR, owner="coordinator", posts="only", body={"upto": "1"}),
    "pages:close_case": of_case(COORDINATOR, owner="coordinator", posts="too", body={"why": "asked"}),
    "pages:closed_cases": Page(COORDINATOR, owner="coordinator"),
    "pages:reopen": of_case(PATIENT | COORDINATOR, posts="only"),
    "pages:ask_to_close": of_case(PATIENT, posts="only"),
    "pages:search": of_case(CASE, posts="too", body={"words": "surgery"}),
    "pages:worry": of_case(
        ASSIGNED | COORDINATOR, owner="coordinator", posts="too", body={"do": "raise", "why-words": "Sounds low."}
    ),
    "pages:away": Page(CONSULTANTS | COORDINATOR, owner="coordinator", posts="too"),
    "pages:away_of": Page(
        ASSIGNED | COORDINATOR | {"unassigned"},
        ("away",),
        "coordinator",
        posts="too",
        body={"do": "hand_over", "all": "on"},
    ),
    "pages:new_case": Page(COORDINATOR, owner="coordinator", posts="too"),
    "pages:read_out": of_case(COORDINATOR, owner="coordinator", posts="too", body={"version": "2"}),
    "pages:to_post": of_case(COORDINATOR, owner="coordinator"),
    "pages:print_bundle": of_case(COORDINATOR, owner="coordinator", posts="only"),
    "pages:post_bundle": of_case(COORDINATOR, owner="coordinator", posts="only"),
    "pages:log_call": of_case(COORDINATOR, owner="coordinator", posts="too"),
    "pages:fix_address": Page(COORDINATOR, ("patient_pk",), "coordinator", posts="too"),
    "pages:settle_to_do": Page(COORDINATOR, ("todo",), "coordinator", posts="only"),
}
OPEN_TO_HELPERS = {"helper": HELPER, "dates_only": DATES_ONLY}
PAGES = {
    name: replace(page, who=page.who | {person for person, pages in OPEN_TO_HELPERS.items() if name in pages})
    for name, page in PAGES.items()
}
