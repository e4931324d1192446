"""The pages of the five questions, their result, and the way from there to an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.access import public
from portal.accounts.entrance_forms import SignupForm
from portal.clock import today
from portal.pages import questions


@public
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """One question after the other. Answers come and go sealed in the form; nothing is stored."""
    if request.method != "POST":
        return _ask(request, 0, {})
    answers = questions.unpack(request.POST["answers"]) if request.POST.get("answers") else {}
    step = _step(request)
    if answers is None or step is None:
        return _ask(request, 0, {}, also=[_("We lost the thread, so we start again. Nothing was stored.")])
    if "back" in request.POST:
        return _ask(request, max(step - 1, 0), answers)
    if "skip" not in request.POST:
        form = questions.STEPS[step](request.POST)
        if not form.is_valid():
            return _ask(request, step, answers, form=form)
        answers |= form.cleaned_data
    if step + 1 < len(questions.STEPS):
        return _ask(request, step + 1, answers)
    return _result(request, answers)


def _step(request: HttpRequest) -> int | None:
    step = request.POST.get("step", "")
    return int(step) if step.isdecimal() and len(step) == 1 and int(step) <= len(questions.STEPS) else None


def _ask(request: HttpRequest, step: int, answers: dict, *, form=None, also=()) -> HttpResponse:
    form = form or questions.STEPS[step](initial=answers)
    pages = ["who", "why", "treatment", "referral", "visit"]
    context = {
        "form": form,
        "also": also,
        "step": step,
        "number": step + 1,
        "sealed": questions.pack(answers) if answers else "",
        "is_for_other": answers.get("who") == "other",
    }
    status = 422 if form.is_bound or also else 200
    return render(request, f"pages/questions/{pages[step]}.html", context, status=status)


def _result(request: HttpRequest, answers: dict, *, form=None) -> HttpResponse:
    is_for_other = answers.get("who") == "other"
    context = {
        "answers": answers,
        "said": questions.reasons_said_back(answers),
        "is_for_other": is_for_other,
        "is_close": questions.is_close(answers, today(timezone.get_current_timezone())),
        "form": form or (questions.NameForm(initial=answers) if is_for_other else None),
        "sealed": questions.pack(answers),
        "step": len(questions.STEPS),
    }
    return render(request, "pages/questions/result.html", context, status=422 if form else 200)


@public
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """From the result to sign-up: the answers travel on, sealed, and are stored only if the person ticks it."""
    answers = questions.unpack(request.POST.get("answers", ""))
    if answers is None:
        return redirect("account_signup")
    if answers.get("who") == "other":
        form = questions.NameForm(request.POST)
        if not form.is_valid():
            return _result(request, answers, form=form)
        answers |= form.cleaned_data
    if request.user.is_authenticated:
        return redirect("pages:home")
    form = SignupForm(initial={"answers": questions.pack(answers)})
    return render(request, "account/signup.html", {"form": form})
