"""People and what they were typing."""

import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from portal.accounts.way_back.models import WayBack as WayBack
from portal.lines import one_line
from portal.vault.fields import SealedText
from portal.vault.keys import house_key
from portal.vault.models import DataKey


class UserQuerySet(models.QuerySet["User"]):
    def staff_visible_to(self, user: Any) -> "UserQuerySet":
        """Who works or worked here: administrators see them all."""
        if getattr(user, "role", "") != "administrator":
            return self.none()
        return self.filter(role__in=["consultant", "coordinator", "administrator"])

    def working_as(self, role: str) -> "UserQuerySet":
        """Who works here now in this role, by name."""
        return self.filter(role=role, can_sign_in=True).order_by("name")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """A person, saved. Without a password they sign in by code; without e-mail not at all."""
        user = self.model(email=self.normalize_email(email) if email else None, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person. `role` is staff's only: being a patient or a helper is a relation to a case."""

    class Role(models.TextChoices):
        NONE = "", _("not staff")
        CONSULTANT = "consultant", _("consultant")
        COORDINATOR = "coordinator", _("coordinator")
        ADMINISTRATOR = "administrator", _("administrator")

    class Channel(models.TextChoices):
        MAIL = "mail", _("by email")
        TEXT = "text", _("by text message")
        LETTER = "letter", _("by letter")
        CALL = "call", _("by a call from us")

    class Theme(models.TextChoices):
        DEVICE = "", _("as on my device")
        LIGHT = "light", _("light")
        SOFT = "soft", _("soft, low glare")
        DARK = "dark", _("dark")

    class TextSize(models.TextChoices):
        NORMAL = "", _("normal")
        LARGE = "large", _("large")
        LARGER = "larger", _("larger")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, blank=True)
    called = models.CharField(max_length=60, blank=True)  # how they like to be called
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001 (people without e-mail; unique where given)
    phone = PhoneNumberField(blank=True, default="")
    safe_to_ring = models.CharField(max_length=120, blank=True)  # safe times, in their own words
    may_leave_message = models.BooleanField(default=False)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.MAIL, db_default=Channel.MAIL)
    postal = SealedText(db_default=b"")  # the address as it stands on an envelope, below the name
    birth_date = models.DateField(null=True, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True, default=Role.NONE)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    language = models.CharField(max_length=10, default="en")
    theme = models.CharField(max_length=10, choices=Theme.choices, blank=True, default=Theme.DEVICE)
    text_size = models.CharField(max_length=10, choices=TextSize.choices, blank=True, default=TextSize.NORMAL)
    wants_digest = models.BooleanField(default=False, db_default=False)  # staff: once a day, that something waits
    can_sign_in = models.BooleanField(default=True)
    joined_at = models.DateTimeField(null=True)
    # When one of us last changed or took away the address, after a call: it stands only after some days.
    address_put_right_at = models.DateTimeField(null=True, blank=True)
    death_known_at = models.DateTimeField(null=True, blank=True)  # since then nothing goes out to them
    forgotten_at = models.DateTimeField(
        null=True, blank=True
    )  # their page is erased, and how they were reached with it
    privacy_version = models.PositiveIntegerField(default=0)  # of the notice they accepted; 0: none yet
    privacy_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_one_account_per_email"),
            models.CheckConstraint(name="user_email_is_null_or_written", condition=~Q(email="")),
            models.CheckConstraint(name="user_staff_have_email", condition=Q(role="") | Q(email__isnull=False)),
            models.CheckConstraint(
                name="user_who_died_signs_in_no_more",
                condition=Q(death_known_at=None) | Q(can_sign_in=False, role=""),
            ),
            models.CheckConstraint(
                name="user_forgotten_is_reached_nowhere",
                condition=Q(forgotten_at=None)
                | Q(can_sign_in=False, role="", email=None, phone="", postal=b"", birth_date=None),
            ),
            models.CheckConstraint(
                name="user_privacy_version_and_time_go_together",
                condition=Q(privacy_version=0, privacy_at__isnull=True)
                | Q(privacy_version__gt=0, privacy_at__isnull=False),
            ),
            models.CheckConstraint(
                name="user_channel_is_known", condition=Q(channel__in=["mail", "text", "letter", "call"])
            ),
            models.CheckConstraint(name="user_texts_need_a_phone", condition=~Q(channel="text") | ~Q(phone="")),
            models.CheckConstraint(name="user_calls_need_a_phone", condition=~Q(channel="call") | ~Q(phone="")),
            models.CheckConstraint(
                name="user_letters_need_an_address", condition=~Q(channel="letter") | ~Q(postal=b"")
            ),
            models.CheckConstraint(
                name="user_role_is_known",
                condition=Q(role__in=["", "consultant", "coordinator", "administrator"]),
            ),
        ]
        indexes = [
            models.Index(name="user_staff_by_role", fields=["role", "name"], condition=~Q(role="")),
            models.Index(name="user_has_letters", fields=["id"], condition=Q(channel="letter")),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"

    def save(self, *args: Any, **more: Any) -> None:
        """A name is one line: a second one would begin something of its own in a calendar or the header of a mail, and
        a sign that turns the direction would show another name.
        """
        self.name, self.called = one_line(self.name), one_line(self.called)
        super().save(*args, **more)

    @property
    def is_active(self) -> bool:
        """Django's and allauth's word for it."""
        return self.can_sign_in

    @is_active.setter
    def is_active(self, value: bool) -> None:
        self.can_sign_in = value

    @property
    def own_record(self) -> uuid.UUID | None:
        """In whose list of who did what the lines about this account stand: one's own, but for staff."""
        return None if self.role else self.pk

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session was opened with: another password or role, and none of the sessions before counts."""
        words = f"{self.password}:{self.role}"
        return salted_hmac("portal.accounts.session", words, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_our_consultant(self) -> bool:
        """Whether this is one of our consultants now."""
        return self.role == self.Role.CONSULTANT and self.can_sign_in

    @property
    def sealing_key(self) -> DataKey:
        """The house's key: where someone lives is theirs, whatever cases they are in."""
        return house_key()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def first_name(self) -> str:
        """How to greet them: as they like to be called, else the first word of the name."""
        return self.called or self.name.split(" ")[0]

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[:1].isalpha()]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @cached_property
    def has_second_factor(self) -> bool:
        from allauth.mfa.utils import is_mfa_enabled

        return bool(is_mfa_enabled(self))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: Any) -> "InvitationQuerySet":
        return self if getattr(user, "role", "") == "administrator" else self.none()

    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, withdrawn_at=None)

    def by_an_administrator(self) -> "InvitationQuerySet":
        """Whoever sent them may still invite."""
        return self.filter(invited_by__role=User.Role.ADMINISTRATOR, invited_by__can_sign_in=True)


class Invitation(models.Model):
    """A staff member asked to join, by an administrator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=User.Role.choices)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    good_until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="invitation_one_open_per_email",
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_is_for_staff",
                condition=Q(role__in=["consultant", "coordinator", "administrator"]),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Draft(models.Model):
    """What a person was typing in a form, sealed, for 30 days; the form opens with it again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=60)
    about = models.CharField(max_length=40, blank=True)  # id of the thing the form is about
    body = SealedText()  # JSON of the fields
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="draft_one_per_form", fields=["person", "form", "about"])]

    def __str__(self) -> str:
        return f"draft of {self.form}"

    @property
    def sealing_key(self) -> DataKey:
        return house_key()


from portal.accounts.rights import UserChange as UserChange  # noqa: E402 (it keeps rows of User)
