"""Tells the rooms above what happens in a case, in the same transaction: they register here, in their apps.py."""

from typing import Protocol

from cases.case.authority import Authority
from cases.case.models import Case, CaseClinician, ToDo
from portal.accounts.models import User
from portal.actors import Actor


class OfTreatment(Protocol):
    def __call__(self, case: Case, *, by: Actor) -> object: ...


class OfDoctor(Protocol):
    def __call__(self, link: CaseClinician, *, by: Actor) -> object: ...


class OfToDo(Protocol):
    def __call__(self, todo: ToDo, *, by: Actor) -> object: ...


class OfAuthority(Protocol):
    def __call__(self, authority: Authority, *, by: Actor) -> object: ...


class OfReader(Protocol):
    def __call__(self, case: Case, before: User, *, by: Actor) -> object: ...


_of_treatment: list[OfTreatment] = []
_of_doctors: list[OfDoctor] = []
_of_to_dos: list[OfToDo] = []
_of_authorities: list[OfAuthority] = []
_of_readers: list[OfReader] = []


def on_treatment_moved(listener: OfTreatment) -> None:
    """Call `listener(case, by=actor)` in each transaction that changes the day."""
    if listener not in _of_treatment:
        _of_treatment.append(listener)


def treatment_moved(case: Case, *, by: Actor) -> None:
    for listener in _of_treatment:
        listener(case, by=by)


def on_doctor_named(listener: OfDoctor) -> None:
    """Call `listener(link, by=actor)` in each transaction that names a doctor of a case."""
    if listener not in _of_doctors:
        _of_doctors.append(listener)


def doctor_named(link: CaseClinician, *, by: Actor) -> None:
    for listener in _of_doctors:
        listener(link, by=by)


def on_to_do_done(listener: OfToDo) -> None:
    """Call `listener(todo, by=actor)` in each transaction that settles one."""
    if listener not in _of_to_dos:
        _of_to_dos.append(listener)


def to_do_done(todo: ToDo, *, by: Actor) -> None:
    for listener in _of_to_dos:
        listener(todo, by=by)


def on_authority_changed(listener: OfAuthority) -> None:
    """Call `listener(authority, by=actor)` in each transaction in which one is signed or taken back."""
    if listener not in _of_authorities:
        _of_authorities.append(listener)


def authority_changed(authority: Authority, *, by: Actor) -> None:
    for listener in _of_authorities:
        listener(authority, by=by)


def on_reader_changed(listener: OfReader) -> None:
    """Call `listener(case, before, by=actor)` in each transaction in which another consultant takes over from one."""
    if listener not in _of_readers:
        _of_readers.append(listener)


def reader_changed(case: Case, before: User, *, by: Actor) -> None:
    for listener in _of_readers:
        listener(case, before, by=by)
