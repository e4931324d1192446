"""Addresses of reviews and summaries."""

from django.urls import path

from cases.reviews import preview_views, summary_views, views
from cases.reviews.after import views as after_views
from cases.reviews.asking import views as asking
from cases.reviews.colleague import views as colleague
from cases.reviews.doctor_note import views as doctor_note
from cases.reviews.notes import views as notes
from cases.reviews.queue import brief
from cases.reviews.queue import views as queue
from cases.reviews.sentences import views as sentences

app_name = "reviews"
urlpatterns = [
    path("staff/reviews/", queue.queue, name="queue"),
    path("staff/sentences/", sentences.sentences, name="sentences"),
    path("staff/sentences/<uuid:pk>/", sentences.change_sentence, name="change_sentence"),
    path("staff/sentences/<uuid:pk>/remove/", sentences.remove_sentence, name="remove_sentence"),
    path("staff/sentences/<uuid:pk>/<slug:verb>/", sentences.move_sentence, name="move_sentence"),
    path("staff/reviews/<uuid:pk>/", views.edit, name="edit"),
    path("staff/reviews/<uuid:pk>/find/", views.find, name="find"),
    path("staff/reviews/<uuid:pk>/save/", views.save, name="save"),
    path("staff/reviews/<uuid:pk>/notes/", notes.note, name="note"),
    path("staff/reviews/<uuid:pk>/notes/<int:number>/change/", notes.change_note, name="change_note"),
    path("staff/reviews/<uuid:pk>/notes/<int:number>/remove/", notes.remove_note, name="remove_note"),
    path("staff/reviews/<uuid:pk>/take/", queue.take, name="take"),
    path("staff/reviews/<uuid:pk>/hand-back/", queue.hand_back, name="hand_back"),
    path("staff/reviews/<uuid:pk>/finish/", queue.finish, name="finish"),
    path("staff/reviews/<uuid:pk>/hand-over/", queue.hand_over, name="hand_over"),
    path("staff/reviews/<uuid:pk>/brief/", brief.brief, name="brief"),
    path("staff/reviews/<uuid:pk>/next/", queue.beside, {"step": 1}, name="next"),
    path("staff/reviews/<uuid:pk>/previous/", queue.beside, {"step": -1}, name="previous"),
    path("staff/reviews/<uuid:pk>/preview/", preview_views.preview, name="preview"),
    path("staff/reviews/<uuid:pk>/quotes/", preview_views.look_at, name="look_at"),
    path("staff/summaries/<uuid:pk>/withdraw/", preview_views.withdraw, name="withdraw"),
    path("staff/consultations/<uuid:pk>/after/", after_views.after, name="after"),
    path("staff/consultations/<uuid:pk>/after/done/", after_views.did, name="did_after"),
    path("staff/consultations/<uuid:pk>/note/", doctor_note.write, name="write_doctor_note"),
    path("doctor-notes/<uuid:pk>/", doctor_note.note, name="doctor_note"),
    path("doctor-notes/<uuid:pk>/pdf/", doctor_note.note_pdf, name="doctor_note_pdf"),
    path("staff/cases/<uuid:pk>/after-calls/", after_views.newest, name="newest_outcome"),
    path("staff/reviews/<uuid:pk>/colleague/", colleague.colleague, name="colleague"),
    path("staff/reviews/<uuid:pk>/need-more/", asking.need_more, name="need_more"),
    path("staff/reviews/asked/<uuid:pk>/take-back/", asking.withdraw_asking, name="withdraw_asking"),
    path("reviews/asked/<uuid:pk>/", asking.asked, name="asked"),
    path("staff/reading-along/<uuid:pk>/", colleague.along, name="along"),
    path("staff/reading-along/<uuid:pk>/notes/", colleague.second_note, name="second_note"),
    path(
        "staff/reading-along/<uuid:pk>/notes/<uuid:note>/remove/",
        colleague.remove_second_note,
        name="remove_second_note",
    ),
    path("staff/reading-along/<uuid:pk>/done/", colleague.done_reading, name="done_reading"),
    path("staff/reading-along/<uuid:pk>/end/", colleague.end_second, name="end_second"),
    path("staff/reading-along/<uuid:pk>/say/<str:verb>/", colleague.answer_second, name="answer_second"),
    path("cases/<uuid:pk>/summary/", summary_views.summary, name="summary"),
    path("cases/<uuid:pk>/summary/ask/", summary_views.ask, name="ask"),
    path("cases/<uuid:pk>/summary/agree/", summary_views.agree, name="agree"),
    path("summaries/<uuid:pk>/answer/<slug:part>/", summary_views.answer, name="answer"),
    path("summaries/<uuid:pk>/read-out/", summary_views.read_out, name="read_out"),
    path("summaries/<uuid:pk>/pdf/", summary_views.pdf, name="pdf"),
]
