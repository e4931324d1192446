"""What opens for helpers beside the people of a case: by name of the address. Add yours when you add a page."""

# What is open to helpers besides what anybody signed in opens. A switch that is off shuts what needs it.
DATES_ONLY = frozenset(
    {
        "bookings:agree_to_read",  # says that only the patient can
        "bookings:calendar_file",
        "bookings:cancel",  # says that she cannot
        "bookings:consultant",
        "bookings:detail",
        "bookings:earlier",  # says that she cannot
        "bookings:late",  # says that she cannot
        "bookings:move",  # says that she cannot
        "bookings:needs",  # says that she cannot
        "bookings:pick",  # says that she cannot
        "pages:ask_by_email",
        "pages:ask_by_phone",
        "pages:call_me",
        "pages:case_home",
        "pages:copies",
        "pages:ledger",
        "pages:not_today",
        "pages:nudge",
        "pages:stop_helping",
        "pages:yes_on_paper",
    }
)
HELPER = DATES_ONLY | {
    "bookings:asked",
    "bookings:call",
    "case:office",
    "case:people",
    "desk:packet",
    "desk:packet_pdf",
    "desk:packet_zip",
    "desk:send_page",
    "documents:add",
    "documents:add_plan",
    "documents:add_record",
    "documents:add_version",
    "documents:beside",
    "documents:detail",
    "documents:file",
    "documents:find",
    "documents:join",
    "documents:list",
    "documents:note_sending",
    "documents:page_image",
    "documents:search",
    "documents:thumbnail",
    "documents:unlock",
    "opinions:add_line",
    "opinions:add_question",
    "opinions:agenda_pdf",
    "opinions:answer_question",
    "opinions:arrange_talk",
    "opinions:change_line",
    "opinions:change_question",
    "opinions:compare",
    "opinions:decide",  # says that only the patient can
    "opinions:first_day",
    "opinions:matters",  # says so, too
    "opinions:move_line",
    "opinions:move_question",
    "opinions:move_talk",
    "opinions:questions",
    "opinions:save_agenda",
    "opinions:talk",
    "pages:carry",
    "pages:post_sheet",
    "pages:search",
    "pages:sheet",
    "pages:sheet_pdf",
    "records:add_item",
    "records:ask_about_referral",
    "records:authority",  # says that only the patient can
    "records:change_letter",
    "records:fax_letter",
    "records:fee",
    "records:identity",  # says so, too
    "records:letter_pdf",
    "records:list",
    "records:move_referral",
    "records:move_release",  # says so, too
    "records:move_visit",
    "records:name_doctor",
    "records:referral",
    "records:release",  # says so, too
    "records:release_pdf",
    "records:report",
    "records:save_day",
    "records:say_which_report",
    "records:set_core",
    "records:set_due_back",
    "records:set_holder",
    "records:set_route",
    "records:tell",
    "records:tell_report",
    "records:visit",
    "reviews:answer",  # asks; only the patient says that something is clear
    "reviews:asked",
    "reviews:doctor_note",
    "reviews:doctor_note_pdf",
    "reviews:pdf",
    "reviews:summary",
    "threads:message",
    "threads:move",
    "threads:news",
    "threads:send",
    "threads:thread",
}
