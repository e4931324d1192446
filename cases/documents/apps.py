"""Files of a case: put in, checked, shown as pages, given out again."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class DocumentsConfig(AppConfig):
    name = "cases.documents"
    label = "documents"

    def ready(self) -> None:
        from cases.documents import store_notice
        from cases.documents.reminders import KINDS
        from portal.reminders.kinds import register

        register(*KINDS, store_notice.KIND)
        words.register_for_patients("document.added", "document.described")
        words.register(
            {
                "document.added": _("Added a file"),
                "document.checked": _("Checked a file"),
                "document.refused": _("A file did not pass our check"),
                "document.locked": _("A file needs a password"),
                "document.stuck": _("A file could not be checked yet, and is kept"),
                "document.check_again": _("Had a file checked again"),
                "document.waiting": _("A file waits for its safety check"),
                "document.unlocked": _("Opened a locked file with its password"),
                "document.opened": _("Opened a file"),
                "document.searched": _("Looked for words in the case"),
                "document.downloaded": _("Saved a copy of a file"),
                "document.withdrawn": _("Took a file back"),
                "document.restored": _("Put a file back"),
                "document.copies_withdrawn": _("Took back made copies that showed a page hidden or gone"),
                "document.version_withdrawn": _("Took one version of a file back"),
                "document.version_restored": _("Put one version of a file back"),
                "document.made_private": _("Marked a file “only me”"),
                "document.kept_private": _("Kept a file private, as it came with a private message"),
                "document.private_no_more": _("Let helpers see a file of a message again"),
                "document.shared": _("Let the team see a file again"),
                "document.described": _("Said what a file is"),
                "document.denied": _("Was not let in to a file, or to the files of a case"),
                "document.joined": _("Joined photos into one file"),
                "document.kept_apart": _("Said that photos are letters of their own"),
                "document.passed_on": _("Added to a file that another began: it is the patient’s now"),
                "document.arranged": _("Changed the pages of a joined file"),
                "document.separated": _("Separated joined photos again"),
                "document.erased": _("Erased a file for good"),
                "retention.erased": _("Erased what had been kept long enough"),
                "case.erased": _("Erased the words and files of a closed case"),
                "file.orphan_removed": _("Removed stored bytes that belonged to no file"),
            },
            {
                "own": _("Your own file"),
                "put_in": _("The one who added it"),
                "helping": _("A helper, as the patient allows"),
                "preparing": _("Preparing for your call"),
                "care": _("Keeping your records moving"),
                "original": _("As it was sent"),
                "half": _("Only a part had arrived"),
            },
        )
